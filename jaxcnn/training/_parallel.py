"""Several devices and several processes: parameters on each, the examples of a batch divided."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from jaxcnn.data._shares import Share

AXIS = "batch"


class Placement:
    """Where arrays of a training lie.

    Args:
        devices: The devices to use; None means all, of all processes.

    Attributes:
        devices: How many.
        hosts: How many processes these belong to.
        share: Which part of each batch the devices of this process compute.

    Raises:
        ValueError: There is none, or none of this process.
    """

    def __init__(self, devices: Sequence[Any] | None = None) -> None:
        chosen = jax.devices() if devices is None else list(devices)
        if not chosen:
            raise ValueError("devices must name at least one device")
        # Side by side, so that the rows of a process follow one another.
        chosen.sort(key=lambda device: device.process_index)
        owners = [device.process_index for device in chosen]
        mine = jax.process_index()
        if mine not in owners:
            raise ValueError(
                f"devices must name some of this process (={mine}), but has only some of "
                f"{', '.join(map(str, sorted(set(owners))))}"
            )
        mesh = Mesh(np.array(chosen), (AXIS,))
        self.devices, self.hosts = len(chosen), len(set(owners))
        first = owners.index(mine)
        self.share = Share(first, first + owners.count(mine), len(owners))
        self.everywhere = NamedSharding(mesh, PartitionSpec())
        self.divided = NamedSharding(mesh, PartitionSpec(AXIS))
        self._any = jax.jit(jnp.any, out_shardings=self.everywhere)

    def check_batch(self, size: int) -> None:
        """Refuses a batch that the devices cannot share evenly."""
        if size % self.devices:
            raise ValueError(
                f"batch_size (={size}) must be a multiple of the number of devices "
                f"(={self.devices})"
            )

    def filled(self, size: int) -> int:
        """The smallest batch that holds so many examples and that the devices share evenly."""
        return -(-size // self.devices) * self.devices

    def replicate(self, tree: Any) -> Any:
        """Copies of all arrays, equal on all processes, on every device."""
        if self.hosts == 1:
            return jax.device_put(tree, self.everywhere)
        return jax.tree.map(self._on_all_hosts, tree)

    def divide(self, array: Any, size: int) -> jax.Array:
        """A batch of ``size`` examples, of which this process has its rows, over the devices."""
        if self.hosts == 1:
            return jax.device_put(array, self.divided)
        array = np.asarray(array)
        return jax.make_array_from_process_local_data(self.divided, array, (size, *array.shape[1:]))

    def any_host(self, flag: bool) -> bool:
        """Whether ``flag`` is set in some process; all must ask together."""
        if self.hosts == 1:
            return flag
        mine = np.full(self.share.last - self.share.first, flag)
        return bool(self._any(self.divide(mine, self.devices)))

    def _on_all_hosts(self, array: jax.Array) -> jax.Array:
        if array.sharding == self.everywhere:
            return array
        if jnp.issubdtype(array.dtype, jax.dtypes.prng_key):
            words = _global_array(np.asarray(jax.random.key_data(array)), self.everywhere)
            return jax.random.wrap_key_data(words, impl=jax.random.key_impl(array))
        return _global_array(np.asarray(array), self.everywhere)


def _global_array(array: np.ndarray, sharding: NamedSharding) -> jax.Array:
    return jax.make_array_from_callback(array.shape, sharding, lambda part: array[part])
