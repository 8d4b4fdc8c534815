"""Pools tap by tap: no pass over windows, which XLA's CPU backend does pixel by pixel."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional._arguments import accumulator
from jaxcnn.functional._lowering._convolution import Sizes, tap, tap_offsets
from jaxcnn.functional._maxima import first_of
from jaxcnn.functional._padding import span


class Pool(NamedTuple):
    """Where the windows lie on each spatial axis."""

    window_shape: Sizes
    strides: Sizes
    padding: tuple[tuple[int, int], ...]
    dilation: Sizes

    @property
    def taps(self) -> int:
        return math.prod(self.window_shape)

    @property
    def tiles(self) -> bool:
        """Whether windows lie side by side, without padding."""
        none = all(pair == (0, 0) for pair in self.padding)
        return self.window_shape == self.strides and none and set(self.dilation) == {1}

    def output_size(self, map_size: Sequence[Any]) -> tuple[Any, ...]:
        """Number of windows per axis."""
        return tuple(
            (n + low + high - span(k, d)) // s + 1
            for n, k, s, (low, high), d in zip(map_size, *self, strict=True)
        )

    def offsets(self) -> list[tuple[int, ...]]:
        """Where the taps are in a window, row by row."""
        return tap_offsets(self.window_shape, self.dilation)


class PoolCase(NamedTuple):
    """A pool of ``(batch, *map, channels)``: what decides how a CPU computes it."""

    pool: Pool
    batch: Any
    map_size: tuple[Any, ...]
    channels: Any
    dtype: Any

    @classmethod
    def of(cls, pool: Pool, x: Any) -> "PoolCase":
        """The pool of ``x``, or of what has its shape."""
        return cls(pool, x.shape[0], tuple(x.shape[1:-1]), x.shape[-1], x.dtype)

    @property
    def is_concrete(self) -> bool:
        """Whether no size is a symbol."""
        return all(isinstance(n, int) for n in (self.batch, *self.map_size, self.channels))


def maximum(pool: Pool, x: jax.Array) -> jax.Array:
    """The largest of each window's taps."""
    best, *rest = _taps(pool, x, -jnp.inf)
    for other in rest:
        best = jnp.maximum(best, other)
    return best


def select_and_gather(pool: Pool, t: jax.Array, x: jax.Array) -> jax.Array:
    """From each window of ``t``, the pixel where ``x`` has its first maximum."""
    winner = _winners(pool, x)
    result = jnp.zeros(winner.shape, t.dtype)
    for number, value in enumerate(_taps(pool, t, 0)):
        result = jnp.where(winner == number, value, result)
    return result


def select_and_scatter(pool: Pool, g: jax.Array, x: jax.Array) -> jax.Array:
    """Bring ``g`` to the first maximum of each window; a pixel of several windows gets the sum."""

    def share(number: int, g: jax.Array, winner: jax.Array) -> jax.Array:
        return jnp.where(winner == number, g, jnp.zeros((), g.dtype))

    wide = g.astype(accumulator(g.dtype))
    return shared(pool, x.shape[1:-1], share, wide, _winners(pool, x)).astype(g.dtype)


def total(pool: Pool, x: jax.Array, divisor: float) -> jax.Array:
    """The sum of each window's taps, divided."""
    result, *rest = _taps(pool, x, 0)
    for other in rest:
        result = result + other
    return result / jnp.asarray(divisor, x.dtype)


def total_back(pool: Pool, g: jax.Array, map_size: tuple[Any, ...]) -> jax.Array:
    """For every pixel, the sum over the windows that see it."""
    return shared(pool, map_size, lambda _, g: g, g)


def _winners(pool: Pool, x: jax.Array) -> jax.Array:
    """The number of the tap that holds each window's first maximum, in row-major order."""
    taps = _taps(pool, x, -jnp.inf)
    numbered = [(value, jnp.int8(number)) for number, value in enumerate(taps)]
    return jnp.broadcast_to(first_of(numbered)[1], taps[0].shape)


def _taps(pool: Pool, x: jax.Array, outside: float) -> list[jax.Array]:
    out = pool.output_size(x.shape[1:-1])
    if any(pair != (0, 0) for pair in pool.padding):
        margins = ((0, 0, 0), *((low, high, 0) for low, high in pool.padding), (0, 0, 0))
        # Left to itself, XLA repeats the padding, with its comparisons, in every tap.
        x = lax.optimization_barrier(lax.pad(x, jnp.array(outside, x.dtype), margins))
    return [tap(x, offset, out, pool.strides) for offset in pool.offsets()]


def shared(
    pool: Pool,
    map_size: tuple[Any, ...],
    share: Callable[..., jax.Array],
    *arrays: jax.Array,
) -> jax.Array:
    """Add up, for every pixel, its share of each window that sees it.

    Pixel ``S q + a`` is tap ``t`` of window ``q + (a + low - t) / S``, where that is whole. So all
    pixels of one phase ``a`` meet the same taps, in maps shifted by a constant; the phases are
    interleaved at the end.

    Args:
        pool: The windows.
        map_size: Pixels per axis.
        share: From a tap's number and the shifted arrays, what the pixel gets.
        *arrays: ``(batch, *windows, channels)``, the first of which gives the dtype of the sum.
    """
    steps = pool.strides
    counts = tuple(-(-n // s) for n, s in zip(map_size, steps, strict=True))
    # Margins in which every shift stays inside.
    before = [
        (span(k, d) - 1 - min(low, 0)) // s + 1 for k, s, (low, _), d in zip(*pool, strict=True)
    ]
    margins = [
        (first, count + (s - 1 + low) // s - windows, 0)
        for first, count, s, (low, _), windows in zip(
            before, counts, steps, pool.padding, arrays[0].shape[1:-1], strict=True
        )
    ]
    around = [
        lax.pad(array, jnp.zeros((), array.dtype), ((0, 0, 0), *margins, (0, 0, 0)))
        for array in arrays
    ]
    around = lax.optimization_barrier(around)
    batch, channels = arrays[0].shape[0], arrays[0].shape[-1]

    def of_phase(phase: tuple[int, ...]) -> jax.Array:
        sum_ = None
        for number, offset in enumerate(pool.offsets()):
            where = [
                a + low - t for a, (low, _), t in zip(phase, pool.padding, offset, strict=True)
            ]
            if any(w % s for w, s in zip(where, steps, strict=True)):
                continue
            start = [w // s + first for w, s, first in zip(where, steps, before, strict=True)]
            ones = (1,) * len(start)
            part = share(number, *(tap(array, start, counts, ones) for array in around))
            sum_ = part if sum_ is None else sum_ + part
        if sum_ is None:  # a stride beyond the window
            return jnp.zeros((batch, *counts, channels), arrays[0].dtype)
        return sum_

    whole = _interleaved(of_phase, steps)
    whole = whole.reshape(batch, *(c * s for c, s in zip(counts, steps, strict=True)), channels)
    return whole[(slice(None), *(slice(n) for n in map_size))]


def _interleaved(of_phase: Callable[[tuple[int, ...]], jax.Array], steps: Sizes) -> jax.Array:
    """``(batch, count, phase, count, phase, ..., channels)`` from one array per phase."""

    def put_together(phase: tuple[int, ...]) -> jax.Array:
        axis = len(phase)
        if axis == len(steps):
            return of_phase(phase)
        parts = [put_together((*phase, a)) for a in range(steps[axis])]
        return jnp.stack(parts, axis=axis + 2)

    return put_together(())
