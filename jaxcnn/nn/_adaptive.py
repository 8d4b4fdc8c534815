"""Pools to a fixed output size, and Lp pools."""

from collections.abc import Sequence
from typing import Any, ClassVar

import jax
from flax import nnx

from jaxcnn import analysis, functional
from jaxcnn.functional._arguments import an_int

from ._pool import Ints, Padding, Pool

OutputSize = int | Sequence[int | None] | None


class AdaptivePool(nnx.Module):
    """Output size, the same for every rank and kind."""

    rank: ClassVar[int]

    def __init__(self, output_size: OutputSize) -> None:
        entries = (
            tuple(output_size) if isinstance(output_size, Sequence) else (output_size,) * self.rank
        )
        if len(entries) != self.rank:
            raise ValueError(
                f"output_size (={output_size!r}) must be one int or one per spatial axis: "
                f"{self.rank} expected, {len(entries)} given"
            )
        self.output_size = tuple(
            None if n is None else an_int(f"output_size[{axis}]", n, 1)
            for axis, n in enumerate(entries)
        )


class AdaptiveAvgPool(AdaptivePool):
    """Average pooling to a fixed size over ``rank`` axes; see `AdaptiveAvgPool2d`."""

    def __call__(self, x: jax.Array) -> jax.Array:
        """Pools ``x``: ``(*batch, *spatial, channels)``."""
        return functional.adaptive_avg_pool(x, self.output_size)

    def describe(self) -> analysis.Layer:
        """The layer as `jaxcnn.analysis` sees it."""
        return analysis.AdaptivePool(self.output_size, "avg")


class AdaptiveMaxPool(AdaptivePool):
    """Maximum pooling to a fixed size over ``rank`` axes; see `AdaptiveMaxPool2d`."""

    def __init__(self, output_size: OutputSize, *, return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices

    def __call__(self, x: jax.Array) -> Any:
        """Pools ``x``: ``(*batch, *spatial, channels)``; with indices, a pair."""
        if self.return_indices:
            return functional.adaptive_max_pool(x, self.output_size, return_indices=True)
        return functional.adaptive_max_pool(x, self.output_size)

    def describe(self) -> analysis.Layer:
        """The layer as `jaxcnn.analysis` sees it."""
        return analysis.AdaptivePool(self.output_size, "max")


class LpPool(Pool):
    """Pooling by a power mean without division over ``rank`` axes; see `LpPool2d`."""

    kind = "lp"

    def __init__(
        self,
        norm_type: float,
        window_shape: Ints,
        strides: Ints | None = None,
        padding: Padding = "valid",
        *,
        kernel_dilation: Ints = 1,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__(
            window_shape, strides, padding, kernel_dilation=kernel_dilation, ceil_mode=ceil_mode
        )
        self.norm_type = norm_type

    def __call__(self, x: jax.Array) -> jax.Array:
        """Pools ``x``: ``(*batch, *spatial, channels)``."""
        return functional.lp_pool(x, self.norm_type, **self._window())


class AdaptiveAvgPool1d(AdaptiveAvgPool):
    """Average pooling of ``(*batch, length, channels)`` to a fixed length.

    >>> AdaptiveAvgPool1d(3)(jnp.arange(7.0).reshape(1, 7, 1)).ravel().tolist()
    [1.0, 3.0, 5.0]
    """

    rank = 1


class AdaptiveAvgPool2d(AdaptiveAvgPool):
    """Average pooling of ``(*batch, height, width, channels)`` to a fixed size.

    Args:
        output_size: Pixels of the output; an int counts for every axis, None keeps an axis.

    Raises:
        ValueError: A size is below 1, or there is not one per axis; when called, an input of wrong
            rank, or of integers.

    Source: PyTorch's layer of that name; windows of K. He et al., *Spatial pyramid pooling*, 2014.

    >>> AdaptiveAvgPool2d((7, None))(jnp.ones((1, 10, 12, 64))).shape
    (1, 7, 12, 64)
    """

    rank = 2


class AdaptiveAvgPool3d(AdaptiveAvgPool):
    """Average pooling of ``(*batch, depth, height, width, channels)``; see `AdaptiveAvgPool2d`.

    >>> AdaptiveAvgPool3d((1, 2, None))(jnp.ones((1, 3, 5, 4, 2))).shape
    (1, 1, 2, 4, 2)
    """

    rank = 3


class AdaptiveMaxPool1d(AdaptiveMaxPool):
    """Maximum pooling of ``(*batch, length, channels)`` to a fixed length.

    >>> AdaptiveMaxPool1d(3)(jnp.arange(7.0).reshape(1, 7, 1)).ravel().tolist()
    [2.0, 4.0, 6.0]
    """

    rank = 1


class AdaptiveMaxPool2d(AdaptiveMaxPool):
    """Maximum pooling of ``(*batch, height, width, channels)`` to a fixed size.

    Args:
        output_size: As in `AdaptiveAvgPool2d`.
        return_indices: Return also where in the flattened map each maximum stood.

    Raises:
        ValueError: As `AdaptiveAvgPool2d`.

    Source: PyTorch's ``AdaptiveMaxPool2d``.

    >>> AdaptiveMaxPool2d(7)(jnp.ones((1, 10, 12, 64))).shape
    (1, 7, 7, 64)
    """

    rank = 2


class AdaptiveMaxPool3d(AdaptiveMaxPool):
    """Maximum pooling of ``(*batch, depth, height, width, channels)``; see `AdaptiveMaxPool2d`.

    >>> AdaptiveMaxPool3d(2)(jnp.ones((1, 3, 5, 4, 2))).shape
    (1, 2, 2, 2, 2)
    """

    rank = 3


class LpPool1d(LpPool):
    """Lp pooling of ``(*batch, length, channels)``; arguments as `LpPool2d`.

    >>> LpPool1d(2, 2)(jnp.array([3.0, 4.0, 6.0, 8.0]).reshape(1, 4, 1)).ravel().tolist()
    [5.0, 10.0]
    """

    rank = 1


class LpPool2d(LpPool):
    """The p-th root of the sum of p-th powers over ``(*batch, height, width, channels)``.

    Args:
        norm_type: The exponent p; 1 is sum pooling, ``inf`` the maximum of absolute values.
        window_shape, strides, padding, kernel_dilation, ceil_mode: As in `MaxPool2d`.

    Raises:
        ValueError: As `MaxPool2d`; when called, a ``norm_type`` that is not positive.

    Source: PyTorch's ``LPPool2d``; P. Sermanet, S. Chintala, Y. LeCun, *Convolutional neural
    networks applied to house numbers digit classification*, 2012, section 2.2.

    >>> LpPool2d(1, 2)(jnp.ones((1, 4, 4, 1))).ravel().tolist()
    [4.0, 4.0, 4.0, 4.0]
    """

    rank = 2


class LpPool3d(LpPool):
    """Lp pooling of ``(*batch, depth, height, width, channels)``; arguments as `LpPool2d`.

    >>> LpPool3d(1, 2)(jnp.ones((1, 2, 2, 2, 1))).ravel().tolist()
    [8.0]
    """

    rank = 3
