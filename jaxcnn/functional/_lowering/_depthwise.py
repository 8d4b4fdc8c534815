"""Convolutions that hardly mix channels, as sums over taps of scaled, shifted maps."""

import itertools
import math

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional._lowering._convolution import Convolution, Sizes, padded, tap


def forward(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """One channel in or one channel out per group: no product of matrices, only scaled sums."""
    *size, ins, features = kernel.shape
    outs = features // conv.groups
    out = conv.output_size(x.shape[1:-1], size)
    x = lax.optimization_barrier(_each_channel(padded(x, conv), outs))
    # (taps, channels of x): a group's inputs lie side by side.
    weights = kernel.reshape(-1, ins, features).swapaxes(1, 2).reshape(-1, features * ins)
    y = None
    for weight, offset in zip(weights, _offsets(conv, size), strict=True):
        term = tap(x, offset, out, conv.strides) * weight
        y = term if y is None else y + term
    assert y is not None
    return y if ins == 1 else y.reshape(*y.shape[:-1], features, ins).sum(-1)


def kernel_gradient(conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes) -> jax.Array:
    """For each tap, the sum over all positions of input times cotangent, channel by channel."""
    ins, outs = x.shape[-1] // conv.groups, g.shape[-1] // conv.groups
    out = g.shape[1:-1]
    x, g = _each_channel(padded(x, conv), outs), _each_channel(g, ins)
    x, g = lax.optimization_barrier((x, g))
    maps = [tap(x, offset, out, conv.strides) for offset in _offsets(conv, kernel_size)]
    sums = _sums_of_large(maps, g) if _is_large(g) else _sums_of_small(maps, g)
    dk = jnp.stack(sums).reshape(*kernel_size, conv.groups * outs, ins)
    return dk.swapaxes(-1, -2)


def _each_channel(x: jax.Array, times: int) -> jax.Array:
    return x if times == 1 else jnp.repeat(x, times, axis=-1)


def _offsets(conv: Convolution, kernel_size: Sizes | list[int]) -> list[tuple[int, ...]]:
    axes = (range(0, k * d, d) for k, d in zip(kernel_size, conv.kernel_dilation, strict=True))
    return list(itertools.product(*axes))


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

    XLA vectorises the first step over channels, which it does not for a reduction of shifted maps.
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
