"""A convolution of a dilated input, as in the gradient of a strided one, as a sub-pixel convolution."""

import itertools
import math

import jax
import jax.numpy as jnp

from jaxcnn.functional._lowering import _xla
from jaxcnn.functional._lowering._convolution import Convolution


def forward(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """One convolution of the undilated input, then depth-to-space (PyTorch: `PixelShuffle`).

    That is the transpose of a strided convolution computed by space-to-depth: no zero is multiplied.

    Along an axis with distance ``d`` between pixels, output ``d q + a`` (phase ``a``) meets pixel
    ``q + r`` with tap ``d r + low - a``; the taps of all phases fill one small kernel.
    """
    *size, ins, features = kernel.shape
    rank = len(size)
    out = conv.output_size(x.shape[1:-1], size)
    reaches = [
        _reach(k, d, low)
        for k, d, (low, _) in zip(size, conv.input_dilation, conv.padding, strict=True)
    ]
    spread = conv.input_dilation
    small = jnp.zeros(
        (*(last - first + 1 for first, last in reaches), ins, *spread, features), x.dtype
    )
    for phase in itertools.product(*map(range, spread)):
        here, there = [], []
        for a, k, d, (low, _), (first, last) in zip(
            phase, size, spread, conv.padding, reaches, strict=True
        ):
            shifts = [r for r in range(first, last + 1) if 0 <= d * r + low - a < k]
            if not shifts:
                break
            here.append(slice(shifts[0] - first, shifts[-1] - first + 1))
            there.append(slice(d * shifts[0] + low - a, d * shifts[-1] + low - a + 1, d))
        else:
            small = small.at[(*here, slice(None), *phase)].set(kernel[tuple(there)])
    counts = [-(-n // d) for n, d in zip(out, spread, strict=True)]
    ones = (1,) * rank
    dense = Convolution(
        ones,
        tuple(
            (-first, count - 1 + last - (n - 1))
            for (first, last), count, n in zip(reaches, counts, x.shape[1:-1], strict=True)
        ),
        ones,
        ones,
        1,
        conv.precision,
    )
    channels = math.prod(spread) * features
    small = small.reshape(*small.shape[: rank + 1], channels)
    more = -channels % 16
    small = jnp.pad(small, ((0, 0),) * (rank + 1) + ((0, more),))
    y = _xla.forward(dense, x, small)[..., :channels]
    y = y.reshape(y.shape[0], *counts, *spread, features)
    order = [
        axis
        for pair in zip(range(1, rank + 1), range(rank + 1, 2 * rank + 1), strict=True)
        for axis in pair
    ]
    y = y.transpose(0, *order, 2 * rank + 1)
    y = y.reshape(y.shape[0], *(c * d for c, d in zip(counts, spread, strict=True)), features)
    return y[(slice(None), *(slice(n) for n in out))]


def _reach(kernel_size: int, distance: int, low: int) -> tuple[int, int]:
    """First and last pixel, relative to ``q``, that any phase meets."""
    taps = [
        r
        for a in range(distance)
        for r in range(-abs(low) - 1, kernel_size + abs(low) + 1)
        if 0 <= distance * r + low - a < kernel_size
    ]
    return min(taps), max(taps)
