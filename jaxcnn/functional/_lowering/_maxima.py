"""Max pooling tap by tap: no pass over windows, which XLA's CPU backend does pixel by pixel."""

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional._arguments import accumulator
from jaxcnn.functional._lowering._convolution import Sizes, tap
from jaxcnn.functional._maxima import first_of


class Pool(NamedTuple):
    """Where the windows lie on each spatial axis."""

    window_shape: Sizes
    strides: Sizes
    padding: tuple[tuple[int, int], ...]

    @property
    def taps(self) -> int:
        return math.prod(self.window_shape)

    @property
    def tiles(self) -> bool:
        """Whether windows lie side by side, without padding."""
        none = all(pair == (0, 0) for pair in self.padding)
        return self.window_shape == self.strides and none

    def output_size(self, map_size: Sequence[Any]) -> tuple[Any, ...]:
        """Number of windows per axis."""
        return tuple(
            (n + low + high - k) // s + 1
            for n, k, s, (low, high) in zip(map_size, *self, strict=True)
        )


def maximum(pool: Pool, x: jax.Array) -> jax.Array:
    """The largest of each window's taps."""
    best, *rest = _taps(x, pool, -jnp.inf)
    for other in rest:
        best = jnp.maximum(best, other)
    return best


def pick(pool: Pool, t: jax.Array, x: jax.Array) -> jax.Array:
    """From each window of ``t``, the pixel where ``x`` has its first maximum."""
    winner = _winners(x, pool)
    result = jnp.zeros(winner.shape, t.dtype)
    for number, value in enumerate(_taps(t, pool, 0)):
        result = jnp.where(winner == number, value, result)
    return result


def spread(pool: Pool, g: jax.Array, x: jax.Array) -> jax.Array:
    """Bring ``g`` to the first maximum of each window; a pixel of several windows gets the sum."""
    winner = _winners(x, pool)
    wide = g.astype(accumulator(g.dtype))
    nothing = jnp.zeros((), wide.dtype)
    total = jnp.zeros(x.shape, wide.dtype)
    for number, offset in enumerate(_offsets(pool)):
        margins = [
            (first - low, n + low - first - (count - 1) * s - 1, s - 1)
            for first, n, count, s, (low, _) in zip(
                offset, x.shape[1:-1], g.shape[1:-1], pool.strides, pool.padding, strict=True
            )
        ]
        share = jnp.where(winner == number, wide, nothing)
        total = total + lax.pad(share, nothing, ((0, 0, 0), *margins, (0, 0, 0)))
    return total.astype(g.dtype)


def spread_over_tiles(pool: Pool, g: jax.Array, x: jax.Array) -> jax.Array:
    """`spread` where windows lie side by side: every pixel asks whether it won its window."""
    winner = _winners(x, pool)
    batch, *out, channels = g.shape
    number = jnp.zeros((1,) * (2 * len(out)), winner.dtype)
    for axis, k in enumerate(pool.window_shape):
        shape = [1] * (2 * len(out))
        shape[2 * axis + 1] = k
        number = number * k + jnp.arange(k, dtype=winner.dtype).reshape(shape)
    lifted = (batch, *(size for n in out for size in (n, 1)), channels)
    nothing = jnp.zeros((), g.dtype)
    won = winner.reshape(lifted) == number[None, ..., None]
    covered = [n * k for n, k in zip(out, pool.window_shape, strict=True)]
    tiles = jnp.where(won, g.reshape(lifted), nothing).reshape(batch, *covered, channels)
    rest = [(0, n - inside, 0) for n, inside in zip(x.shape[1:-1], covered, strict=True)]
    return lax.pad(tiles, nothing, ((0, 0, 0), *rest, (0, 0, 0)))


def _winners(x: jax.Array, pool: Pool) -> jax.Array:
    """The number of the tap that holds each window's first maximum, in row-major order."""
    taps = _taps(x, pool, -jnp.inf)
    numbered = [(value, jnp.int8(number)) for number, value in enumerate(taps)]
    # Computed once, not once in each use.
    return lax.optimization_barrier(jnp.broadcast_to(first_of(numbered)[1], taps[0].shape))


def _taps(x: jax.Array, pool: Pool, outside: float) -> list[jax.Array]:
    out = pool.output_size(x.shape[1:-1])
    if any(pair != (0, 0) for pair in pool.padding):
        margins = ((0, 0, 0), *((low, high, 0) for low, high in pool.padding), (0, 0, 0))
        x = lax.pad(x, jnp.array(outside, x.dtype), margins)
    return [tap(x, offset, out, pool.strides) for offset in _offsets(pool)]


def _offsets(pool: Pool) -> list[tuple[int, ...]]:
    return list(itertools.product(*map(range, pool.window_shape)))
