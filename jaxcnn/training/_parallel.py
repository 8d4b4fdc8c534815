"""Several devices and several hosts: parameters on each, the examples of a batch divided."""

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from jaxcnn.functional._arguments import an_int

AXIS = "batch"


class Placement:
    """Where arrays of a training lie.

    Args:
        devices: The devices to use; None means all, of all hosts.
    """

    def __init__(self, devices: Sequence[Any] | None = None) -> None:
        chosen = jax.devices() if devices is None else list(devices)
        if not chosen:
            raise ValueError("devices must name at least one device")
        mesh = Mesh(np.array(chosen), (AXIS,))
        self.devices = len(chosen)
        self.everywhere = NamedSharding(mesh, PartitionSpec())
        self.divided = NamedSharding(mesh, PartitionSpec(AXIS))

    def check_batch(self, size: int) -> None:
        """Refuses a batch that the devices cannot share evenly."""
        if size % self.devices:
            raise ValueError(
                f"batch_size (={size}) must be a multiple of the number of devices "
                f"(={self.devices})"
            )

    def replicate(self, tree: Any) -> Any:
        """Copies of all arrays, equal on all hosts, on every device."""
        if jax.process_count() == 1:
            return jax.device_put(tree, self.everywhere)
        return jax.tree.map(self._on_all_hosts, tree)

    def divide(self, array: Any) -> jax.Array:
        """The batch that every host has whole, divided along its first axis."""
        if jax.process_count() == 1:
            return jax.device_put(array, self.divided)
        return _global_array(np.asarray(array), self.divided)

    def _on_all_hosts(self, array: jax.Array) -> jax.Array:
        if array.sharding == self.everywhere:
            return array
        if jax.numpy.issubdtype(array.dtype, jax.dtypes.prng_key):
            words = _global_array(np.asarray(jax.random.key_data(array)), self.everywhere)
            return jax.random.wrap_key_data(words, impl=jax.random.key_impl(array))
        return _global_array(np.asarray(array), self.everywhere)


def _global_array(array: np.ndarray, sharding: NamedSharding) -> jax.Array:
    return jax.make_array_from_callback(array.shape, sharding, lambda part: array[part])


def is_first_host() -> bool:
    """Whether this process prints and writes for all.

    >>> is_first_host()
    True
    """
    return jax.process_index() == 0


def any_host(flag: bool) -> bool:
    """Whether ``flag`` is set on some host; all hosts must ask together."""
    if jax.process_count() == 1:
        return flag
    from jax.experimental import multihost_utils

    return bool(np.any(multihost_utils.process_allgather(np.array([flag]))))


def start_distributed(
    coordinator: str | None = None, processes: int | None = None, index: int | None = None
) -> None:
    """Joins this process with others, on this host or on several, before JAX computes anything.

    Afterwards `fit` divides each batch over the devices of all of them. Each process runs the same
    program on the same data; checkpoints need a folder that all of them see.

    Args:
        coordinator: ``host:port`` of the first process. None, with the others None, asks the
            cluster (Slurm, TPU pods, Kubernetes...), see ``jax.distributed.initialize``.
        processes: Number of processes.
        index: Which of them this is, from 0.

    Raises:
        ValueError: Some of the three are given, but not all, or ``index`` is out of range.

    >>> start_distributed("localhost:1234", processes=2, index=2)
    Traceback (most recent call last):
    ValueError: index (=2) must be below processes (=2)
    """
    given = {"coordinator": coordinator, "processes": processes, "index": index}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) == 3:
        jax.distributed.initialize()
        return
    if missing:
        raise ValueError(f"{missing[0]} (=None) must be given too: all of {', '.join(given)}")
    count, mine = an_int("processes", processes, 1), an_int("index", index, 0)
    if mine >= count:
        raise ValueError(f"index (={mine}) must be below processes (={count})")
    jax.distributed.initialize(coordinator, count, mine)
