"""The first maximum of every window, with its position."""

from collections.abc import Sequence
from typing import Any, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax


class Placement(Protocol):
    """What is needed of a pool: see `jaxcnn.functional._pooling.Windows`."""

    @property
    def window_shape(self) -> tuple[int, ...]: ...
    @property
    def strides(self) -> tuple[int, ...]: ...
    @property
    def kernel_dilation(self) -> tuple[int, ...]: ...
    @property
    def padding(self) -> tuple[tuple[int, int], ...]: ...
    @property
    def out(self) -> tuple[int, ...]: ...


def strided_taps(
    x: jax.Array, axis: int, count: int, stride: int, dilation: int, out: int
) -> list[jax.Array]:
    """Return, for each of ``count`` taps, the pixels it meets in ``out`` window positions."""
    return [
        lax.slice_in_dim(x, start, start + (out - 1) * stride + 1, stride, axis)
        for start in range(0, count * dilation, dilation)
    ]


def first_of(
    candidates: Sequence[tuple[jax.Array, jax.Array]],
) -> tuple[jax.Array, jax.Array]:
    """Return the largest value with its index; the first of equal ones, and NaN, wins."""
    best, where = candidates[0]
    for value, index in candidates[1:]:
        better = (value > best) | (jnp.isnan(value) & ~jnp.isnan(best))
        best, where = jnp.where(better, value, best), jnp.where(better, index, where)
    return best, where


def flat_positions(x: jax.Array) -> jax.Array:
    """Return ``(1, *spatial, 1)`` int32: the row-major position of each pixel."""
    sizes = x.shape[1:-1]
    position = jnp.zeros((1,) * x.ndim, jnp.int32)
    for axis, size in enumerate(sizes, start=1):
        shape = [1] * x.ndim
        shape[axis] = size
        position = position * size + jnp.arange(size, dtype=jnp.int32).reshape(shape)
    return position


def first_max(x: jax.Array, windows: Placement) -> tuple[jax.Array, jax.Array]:
    """Return maximum and flat position per window of ``(batch, *spatial, channels)``.

    One axis after the other, the last first, so that the first maximum in row-major order wins.
    """
    margins = ((0, 0, 0), *((low, high, 0) for low, high in windows.padding), (0, 0, 0))
    values = lax.pad(x, jnp.array(-jnp.inf, x.dtype), margins)
    indices = lax.pad(flat_positions(x), jnp.int32(-1), margins)
    for axis in reversed(range(len(windows.out))):

        def taps(array: jax.Array, axis: int = axis) -> list[jax.Array]:
            return strided_taps(
                array,
                axis + 1,
                windows.window_shape[axis],
                windows.strides[axis],
                windows.kernel_dilation[axis],
                windows.out[axis],
            )

        values, indices = first_of(list(zip(taps(values), taps(indices), strict=True)))
    # A window of minus infinities ties with the padding before it: its first pixel is meant.
    indices = jnp.where(indices < 0, _first_pixels(x.shape[1:-1], windows), indices)
    return values, jnp.broadcast_to(indices, values.shape)


def _first_pixels(sizes: tuple[int, ...], windows: Placement) -> Any:
    """``(1, *out, 1)`` int32: the flat position of the first pixel that each window sees."""
    known = all(isinstance(size, int) for size in (*sizes, *windows.out))
    xp: Any = np if known else jnp  # sizes are symbols where a program for all of them is exported
    position = xp.zeros((1,) * (len(sizes) + 2), np.int32)
    for axis, size in enumerate(sizes):
        low, step = windows.padding[axis][0], windows.kernel_dilation[axis]
        starts = xp.arange(windows.out[axis], dtype=np.int32) * windows.strides[axis] - low
        firsts = starts + step * xp.maximum(-(starts // step), 0)
        shape = [1] * position.ndim
        shape[axis + 1] = windows.out[axis]
        position = position * size + firsts.reshape(shape)
    return position
