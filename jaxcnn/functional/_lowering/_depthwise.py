"""Convolutions that hardly mix channels, by shift-and-add: sums over taps of the shifted input times a weight."""

import itertools
import math
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional._lowering._convolution import Convolution, Sizes, padded, tap, tap_offsets
from jaxcnn.functional._lowering._windows import Pool, shared

_TAPS_AT_ONCE = 16  # sums in one pass: more of them leave the processor's registers


def forward(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """One channel in or one channel out per group: no matrix product, only scaled sums."""
    *size, ins, features = kernel.shape
    out = conv.output_size(x.shape[1:-1], size)
    weights = kernel.reshape(-1, ins, features)
    y = None
    for number in range(ins):  # where there are several, each has an own map of all groups
        part = lax.slice_in_dim(x, number, None, ins, axis=x.ndim - 1) if ins > 1 else x
        part = _each_channel(part, features // conv.groups)
        term = _scaled_sum(conv, part, weights[:, number], out, tuple(size))
        y = term if y is None else y + term
    assert y is not None
    return y


def _scaled_sum(
    conv: Convolution, x: jax.Array, weights: jax.Array, out: tuple[Any, ...], size: Sizes
) -> jax.Array:
    """``weights`` is ``(taps, channels)``."""
    if max(conv.input_dilation) > 1 and set(conv.strides) == {1}:
        return _of_spread(conv, x, weights, out, size)
    x = lax.optimization_barrier(padded(x, conv))
    taps = [tap(x, offset, out, conv.strides) for offset in tap_offsets(size, conv.kernel_dilation)]
    y = taps[0] * weights[0]
    for met, weight in zip(taps[1:], weights[1:], strict=True):
        y = y + met * weight
    return y


def _of_spread(
    conv: Convolution, x: jax.Array, weights: jax.Array, out: tuple[Any, ...], size: Sizes
) -> jax.Array:
    """A dilated input, as in the gradient of a stride, without its zeros: shares of windows."""
    windows = Pool(
        size,
        conv.input_dilation,
        tuple(
            (extent - 1 - low, 0)
            for extent, (low, _) in zip(conv.extents(size), conv.padding, strict=True)
        ),
        conv.kernel_dilation,
    )
    backwards = weights[::-1]
    return shared(windows, out, lambda number, x: x * backwards[number], x)


def kernel_gradient(conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes) -> jax.Array:
    """For each tap, the sum over all positions of input times cotangent, channel by channel."""
    ins, outs = x.shape[-1] // conv.groups, g.shape[-1] // conv.groups
    out = g.shape[1:-1]
    x, g = _each_channel(padded(x, conv), outs), _each_channel(g, ins)
    x, g = lax.optimization_barrier((x, g))
    maps = [
        tap(x, offset, out, conv.strides)
        for offset in tap_offsets(kernel_size, conv.kernel_dilation)
    ]
    if _is_large(g) and len(maps) <= _TAPS_AT_ONCE:
        sums = _sums_of_large(maps, g)
    else:
        starts = range(0, len(maps), _TAPS_AT_ONCE)
        parts = [_sums_of_small(maps[n : n + _TAPS_AT_ONCE], g) for n in starts]
        sums = list(itertools.chain(*parts))
    dk = jnp.stack(sums).reshape(*kernel_size, conv.groups * outs, ins)
    return dk.swapaxes(-1, -2)


def _each_channel(x: jax.Array, times: int) -> jax.Array:
    return x if times == 1 else jnp.repeat(x, times, axis=-1)


def _is_large(g: jax.Array) -> bool:
    return all(isinstance(n, int) for n in g.shape) and math.prod(g.shape) > 1_000_000


def _sums_of_small(maps: list[jax.Array], g: jax.Array) -> list[jax.Array]:
    """All taps in one pass over the last spatial axis: quick to compile, ``g`` is read once."""
    products = [x * g for x in maps]
    zeros = [jnp.zeros((), g.dtype)] * len(products)
    sums = lax.reduce(
        products,
        zeros,
        lambda a, b: [p + q for p, q in zip(a, b, strict=True)],
        (g.ndim - 2,),
    )
    return [total.sum(tuple(range(g.ndim - 2))) for total in sums]


def _sums_of_large(maps: list[jax.Array], g: jax.Array) -> list[jax.Array]:
    """Add up blocks of rows as whole vectors, then what is left by a product with ones.

    XLA vectorises the first step over channels, which it does not for a reduction of shifted inputs.
    """
    rows = g.shape[1]
    blocks = next(b for b in (8, 7, 6, 5, 9, 10, 11, 4, 3, 2, 1) if rows % b == 0)
    parts = [lax.slice_in_dim(g, b, rows, blocks, axis=1) for b in range(blocks)]
    ones = jnp.ones((1, math.prod(parts[0].shape[:-1])), g.dtype)
    sums = []
    for x in maps:
        total = lax.slice_in_dim(x, 0, rows, blocks, axis=1) * parts[0]
        for b in range(1, blocks):
            total = total + lax.slice_in_dim(x, b, rows, blocks, axis=1) * parts[b]
        sums.append((ones @ total.reshape(-1, g.shape[-1]))[0])
    return sums
