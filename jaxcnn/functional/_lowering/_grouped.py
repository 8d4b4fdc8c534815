"""Grouped convolutions as a loop over dense ones."""

import math
from dataclasses import replace

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional._lowering import _blocked, _xla
from jaxcnn.functional._lowering._convolution import Convolution, Sizes

_UNROLLED = 8  # more blocks than this are looped over, to keep compilation short


def forward(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Convolve block after block of channels with a dense kernel."""
    *size, ins, features = kernel.shape
    merged = _merged(conv.groups, ins, features // conv.groups)
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
    same = jnp.eye(merged, dtype=kernel.dtype)
    dense = split[:, :, None] * same[:, None, :, None]  # (blocks, taps, merged, ins, merged, outs)
    return dense.reshape(blocks, *size, merged * ins, merged * outs)
