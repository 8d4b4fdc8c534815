"""Adaptive pools: the output size is given, the windows follow from it."""

from collections.abc import Sequence
from typing import Any, Literal, overload

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.functional._arguments import (
    a_float_array,
    accumulator,
    an_int,
    one_batch_axis,
    rank_of_window,
    split_batch_axis,
)
from jaxcnn.functional._maxima import flat_positions
from jaxcnn.functional._pooling import avg_pool, max_pool

Sizes = int | Sequence[int | None]
_MOST = 2**24  # of one axis: more than any map, and an array of as many positions can be had


def adaptive_avg_pool(x: jax.Array, output_size: Sizes) -> jax.Array:
    """Average over windows that divide the map into ``output_size`` overlapping parts.

    Output ``i`` of ``M`` sees the pixels from ``floor(iN / M)`` to before ``ceil((i + 1)N / M)``.

    Args:
        x: ``(*batch, *spatial, channels)``.
        output_size: One int per spatial axis (None keeps the size), or an int for all spatial
            axes of an input with one batch axis. It may exceed the size of the map.

    Returns:
        ``(*batch, *output_size, channels)`` with the dtype of ``x``; bfloat16 and float16 are
        summed in float32.

    Raises:
        ValueError: A wrong rank or dtype, or a size below 1 or above 2^24.

    Source: PyTorch's ``AdaptiveAvgPool2d``; its windows are those of He et al., *Spatial pyramid
    pooling*, 2014, section 2.3.

    >>> adaptive_avg_pool(jnp.arange(7.0).reshape(1, 7, 1), 3)[0, :, 0].tolist()
    [1.0, 3.0, 5.0]
    """
    x = a_float_array("x", x)
    sizes, wanted = _sizes(x, output_size)
    window = _equal_windows(sizes, wanted)
    if window is not None:
        return avg_pool(x, window)
    flat, batch = one_batch_axis(x, len(wanted))
    y = flat.astype(accumulator(x.dtype))
    for axis, (size, out) in enumerate(zip(sizes, wanted, strict=True), start=1):
        pixels, inside = _windows(size, out)
        parts = jnp.where(
            _along(inside, axis, y.ndim), jnp.take(y, pixels, axis, mode="clip"), 0
        ).sum(axis + 1)
        count = jnp.asarray(inside.sum(1), y.dtype)
        y = parts / count.reshape((-1,) + (1,) * (y.ndim - axis - 1))
    return split_batch_axis(y.astype(x.dtype), batch)


@overload
def adaptive_max_pool(
    x: jax.Array, output_size: Sizes, *, return_indices: Literal[False] = False
) -> jax.Array: ...
@overload
def adaptive_max_pool(
    x: jax.Array, output_size: Sizes, *, return_indices: Literal[True]
) -> tuple[jax.Array, jax.Array]: ...
def adaptive_max_pool(
    x: jax.Array, output_size: Sizes, *, return_indices: bool = False
) -> jax.Array | tuple[jax.Array, jax.Array]:
    """Keep the largest pixel of windows that divide the map into ``output_size`` parts.

    Args:
        x: ``(*batch, *spatial, channels)``.
        output_size: As in `adaptive_avg_pool`, and with the same windows.
        return_indices: Also return where each maximum was found, as `max_pool` does.

    Returns:
        ``(*batch, *output_size, channels)`` with the dtype of ``x``. With ``return_indices``, also
        an int32 array of the same shape: the flat, row-major position among the spatial axes. Of
        equal pixels the first counts, and receives the gradient.

    Raises:
        ValueError: A wrong rank or dtype, or a size below 1 or above 2^24.

    Source: PyTorch's ``AdaptiveMaxPool2d``.

    >>> adaptive_max_pool(jnp.arange(7.0).reshape(1, 7, 1), 3)[0, :, 0].tolist()
    [2.0, 4.0, 6.0]
    """
    x = a_float_array("x", x)
    sizes, wanted = _sizes(x, output_size)
    window = _equal_windows(sizes, wanted)
    if window is not None:
        return max_pool(x, window, return_indices=True) if return_indices else max_pool(x, window)
    values, batch = one_batch_axis(x, len(wanted))
    where = jnp.broadcast_to(flat_positions(values), values.shape)
    # The last axis first: then the first maximum in row-major order wins.
    for axis in reversed(range(1, len(wanted) + 1)):
        pixels, inside = _windows(sizes[axis - 1], wanted[axis - 1])
        shown = _along(inside, axis, values.ndim)
        parts = jnp.where(shown, jnp.take(values, pixels, axis, mode="clip"), -jnp.inf)
        first = jnp.argmax(parts, axis + 1, keepdims=True)
        values = jnp.take_along_axis(parts, first, axis + 1).squeeze(axis + 1)
        places = jnp.take(where, pixels, axis, mode="clip")
        where = jnp.take_along_axis(places, first, axis + 1).squeeze(axis + 1)
    values, where = split_batch_axis(values, batch), split_batch_axis(where, batch)
    return (values, where) if return_indices else values


def _sizes(x: jax.Array, output_size: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the spatial sizes of ``x`` and those wanted."""
    rank = rank_of_window("output_size", output_size, x)
    sizes = x.shape[-rank - 1 : -1]
    wanted = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * rank
    return sizes, tuple(
        size if want is None else _asked(f"output_size[{axis}]", want)
        for axis, (size, want) in enumerate(zip(sizes, wanted, strict=True))
    )


def _asked(name: str, value: Any) -> int:
    size = an_int(name, value, 1)
    if size > _MOST:
        raise ValueError(f"{name} (={value!r}) must be at most {_MOST}")
    return size


def _equal_windows(sizes: Sequence[int], wanted: Sequence[int]) -> tuple[int, ...] | None:
    """Return the common window where the parts are equal, so that an ordinary pool will do."""
    static = all(isinstance(size, int) for size in sizes)
    if static and all(size % out == 0 for size, out in zip(sizes, wanted, strict=True)):
        return tuple(size // out for size, out in zip(sizes, wanted, strict=True))
    return None


def _windows(size: Any, out: Any) -> tuple[Any, Any]:
    """Return ``(out, longest)``: the pixels of each window, and which of them belong to it."""
    static = isinstance(size, int)
    number = (np if static else jnp).arange(out)
    start, stop = number * size // out, -(-(number + 1) * size // out)
    longest = int((stop - start).max()) if static else size // out + 2
    pixels = start[:, None] + (np if static else jnp).arange(longest)
    return pixels, pixels < stop[:, None]


def _along(inside: Any, axis: int, ndim: int) -> Any:
    """Give ``(out, longest)`` the shape to select from windows taken along ``axis``."""
    return inside.reshape((1,) * axis + inside.shape + (1,) * (ndim - axis - 1))
