"""Grouped convolutions as a loop over dense ones, with block-diagonal kernels."""

import math
from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional._lowering import _blocked, _xla
from jaxcnn.functional._lowering._convolution import Convolution, Sizes
from jaxcnn.functional._lowering._dense import strided

_LONGEST_ROW = 8192  # numbers
_UNROLLED = 8  # more blocks than this are looped over, to keep compilation short


def forward(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Convolve block after block of channels with a dense kernel.

    A block of several groups has zeros between them, and zero times NaN is NaN: where the input is
    not finite, each group is a block of its own.
    """
    *_, ins, features = kernel.shape
    merged = _merged(conv.groups, ins, features // conv.groups)
    if merged == 1:
        return _in_blocks(conv, 1, x, kernel)
    return lax.cond(
        _is_finite(x), partial(_in_blocks, conv, merged), partial(_in_blocks, conv, 1), x, kernel
    )


def pointwise(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """A 1x1 convolution of few channels per group: one multiply-add of all groups for each of them."""
    ins, features = kernel.shape[-2:]
    x = strided(x, conv.strides)
    maps = x.reshape(*x.shape[:-1], conv.groups, ins)
    weights = kernel.reshape(ins, conv.groups, features // conv.groups)
    terms = [maps[..., number, None] * weights[number] for number in range(ins)]
    return sum(terms[1:], start=terms[0]).reshape(*x.shape[:-1], features)


def _is_finite(x: jax.Array) -> jax.Array:
    """Whether no number is NaN or infinite: products with zeros, which a CPU adds up fastest.

    The longer the rows the better, as long as the zeros stay in the first cache.
    """
    *others, length = x.shape
    while others and isinstance(others[-1], int) and length * others[-1] <= _LONGEST_ROW:
        length *= others.pop()
    zeros = lax.optimization_barrier(jnp.zeros((length,), x.dtype))
    return jnp.isfinite(x.reshape(*others, length) @ zeros).all()


def _in_blocks(conv: Convolution, merged: int, x: jax.Array, kernel: jax.Array) -> jax.Array:
    *size, ins, features = kernel.shape
    blocks, wide = conv.groups // merged, merged * ins
    dense = replace(conv, groups=1)
    kernels = _dense_blocks(kernel, conv.groups, merged)

    def one(block: jax.Array) -> jax.Array:
        part = lax.dynamic_slice_in_dim(x, block * wide, wide, axis=-1)
        return _xla.forward(dense, part, kernels[block])

    out = conv.output_size(x.shape[1:-1], size)
    y = jnp.zeros((x.shape[0], *out, features), x.dtype)

    def put(block: jax.Array, y: jax.Array) -> jax.Array:
        return lax.dynamic_update_slice_in_dim(
            y, one(block), block * (features // blocks), axis=y.ndim - 1
        )

    return lax.fori_loop(0, blocks, put, y, unroll=blocks <= _UNROLLED)


def kernel_gradient(conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes) -> jax.Array:
    """The kernel gradient of each dense block, of which only the groups' own parts are kept."""
    if conv.rank == 1:
        plane = kernel_gradient(conv.as_plane(), x[:, None], g[:, None], (1, *kernel_size))
        return plane[0]
    ins, outs = x.shape[-1] // conv.groups, g.shape[-1] // conv.groups
    merged = _merged(conv.groups, ins, outs)
    blocks = conv.groups // merged
    dense = replace(conv, groups=1)

    def one(block: jax.Array) -> jax.Array:
        dk = _blocked.kernel_gradient(
            dense,
            lax.dynamic_slice_in_dim(x, block * merged * ins, merged * ins, axis=-1),
            lax.dynamic_slice_in_dim(g, block * merged * outs, merged * outs, axis=-1),
            kernel_size,
        )
        parts = dk.reshape(*kernel_size, merged, ins, merged, outs)
        return jnp.stack([parts[..., n, :, n, :] for n in range(merged)], axis=-2)

    # (blocks, *K, ins, merged, outs)
    found = lax.map(one, jnp.arange(blocks))
    return jnp.moveaxis(found, 0, -3).reshape(*kernel_size, ins, g.shape[-1])


def _merged(groups: int, ins: int, outs: int) -> int:
    """How many groups share a block: a dense convolution wants 16 channels on either side."""
    return next(
        n
        for n in range(1, groups + 1)
        if groups % n == 0 and (n * min(ins, outs) >= 16 or n == groups)
    )


def _dense_blocks(kernel: jax.Array, groups: int, merged: int) -> jax.Array:
    """Kernels ``(blocks, *K, merged * I, merged * O)``, zero between different groups."""
    *size, ins, features = kernel.shape
    blocks, outs = groups // merged, features // groups
    split = kernel.reshape(math.prod(size), ins, blocks, merged, outs)
    split = jnp.moveaxis(split, 2, 0)  # (blocks, taps, ins, merged, outs)
    same = jnp.eye(merged, dtype=bool)[:, None, :, None]
    dense = jnp.where(same, split[:, :, None], 0)  # (blocks, taps, merged, ins, merged, outs)
    return dense.reshape(blocks, *size, merged * ins, merged * outs)
