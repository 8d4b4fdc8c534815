"""Kernel gradients of dense convolutions, in blocks of positions that stay in the cache.

The gradient of tap ``t`` is a matrix product over all positions ``p``, ``x[p + t]' g[p]``. XLA
writes it as one convolution with a kernel as large as the map, which on a CPU runs at a fraction
of the speed of a product. Here a loop over blocks of rows (or, where maps are small, of examples)
adds up the products of one block at a time.
"""

import math
from dataclasses import replace

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional._lowering._convolution import Convolution, Sizes, padded, tap, tap_offsets
from jaxcnn.functional._lowering._dense import over_positions

_NUMBERS = 210_000  # of the wider map per block, so that what is made of them stays in the cache


def kernel_gradient(conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes) -> jax.Array:
    """Add up the kernel gradients ``(*K, in, out)`` of blocks of positions; rank 2 or 3."""
    if g.shape[0] == 0:  # a sum over no examples
        return jnp.zeros((*kernel_size, x.shape[-1], g.shape[-1]), x.dtype)
    of_block = _shifting_the_input
    if set(conv.strides) == {1} and x.shape[-1] >= 8:
        of_block = _shifting_the_cotangent
        x = padded(x, replace(conv, padding=(*conv.padding[:-1], (0, 0))))
    else:
        x = padded(x, conv)
    extent, stride = conv.extents(kernel_size)[0], conv.strides[0]
    examples, rows = g.shape[:2]
    most = max(1, _NUMBERS // max(x.shape[-1], g.shape[-1]))  # positions per block
    high = _block_size(rows, most // math.prod(g.shape[2:-1]))
    deep = _block_size(examples, most // math.prod(g.shape[1:-1])) if high == rows else 1
    down, along = -(-rows // high), -(-examples // deep)

    # Zeros complete the last block, and what its windows meet.
    short = max(0, (down * high - 1) * stride + extent - x.shape[1])
    zero = jnp.zeros((), x.dtype)
    untouched = ((0, 0, 0),) * (g.ndim - 2)
    more_examples = along * deep - examples
    g = lax.pad(g, zero, ((0, more_examples, 0), (0, down * high - rows, 0), *untouched))
    x = lax.pad(x, zero, ((0, more_examples, 0), (0, short, 0), *untouched))
    if down * along == 1:
        total = of_block(conv, x, g, kernel_size)
    else:
        seen = (high - 1) * stride + extent  # rows of x that a block meets

        def add(block: jax.Array, total: jax.Array) -> jax.Array:
            example, row = block // down * deep, block % down * high
            part = _block(x, example, row * stride, (deep, seen))
            cotangent = _block(g, example, row, (deep, high))
            return total + of_block(conv, part, cotangent, kernel_size)

        x, g = lax.optimization_barrier((x, g))  # else XLA pads again in every turn
        start = jnp.zeros((math.prod(kernel_size), x.shape[-1], g.shape[-1]), x.dtype)
        total = lax.fori_loop(0, down * along, add, start)
    return total.reshape(*kernel_size, x.shape[-1], g.shape[-1])


def _block_size(count: int, most: int) -> int:
    """The size of equal blocks of at most ``most``, better one that divides ``count``."""
    even = -(-count // -(-count // max(1, most)))
    dividing = next(n for n in range(even, 0, -1) if count % n == 0)
    return dividing if dividing > even // 2 else even


def _block(x: jax.Array, example: jax.Array, row: jax.Array, size: tuple[int, int]) -> jax.Array:
    nought = jnp.zeros((), example.dtype)
    start = (example, row, *(nought,) * (x.ndim - 2))
    return lax.dynamic_slice(x, start, (*size, *x.shape[2:]))


def _shifting_the_cotangent(
    conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes
) -> jax.Array:
    """``(taps, in, out)`` for one block of ``x``, not padded along its last axis.

    Shifts along that axis go to ``g``, side by side: one wide product for each other tap.
    """
    *before, last = kernel_size
    distance, (low, high) = conv.kernel_dilation[-1], conv.padding[-1]
    reach = (last - 1) * distance
    margins = (*((0, 0, 0),) * (g.ndim - 2), (reach - low, reach - high, 0), (0, 0, 0))
    around = lax.pad(g, jnp.zeros((), g.dtype), margins)
    width = x.shape[-2]
    shifted = jnp.concatenate(
        [
            lax.slice_in_dim(
                around, reach - n * distance, reach - n * distance + width, axis=g.ndim - 2
            )
            for n in range(last)
        ],
        axis=-1,
    )
    out = (*g.shape[1:-2], width)
    products = []
    for offset in tap_offsets(before, conv.kernel_dilation[:-1]):
        met = tap(x, (*offset, 0), out, conv.strides)
        both = over_positions(met, shifted, conv.precision)  # (in, last * out)
        products.append(both.reshape(x.shape[-1], last, g.shape[-1]).swapaxes(0, 1))
    return jnp.concatenate(products)


def _shifting_the_input(
    conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes
) -> jax.Array:
    """``(taps, in, out)`` for one block of padded ``x``, with few channels or strides.

    Shifts along the last axis go to ``x``.
    """
    *before, last = kernel_size
    distance, stride = conv.kernel_dilation[-1], conv.strides[-1]
    width = (g.shape[-2] - 1) * stride + 1
    axis = x.ndim - 2
    shifted = jnp.concatenate(
        [
            lax.slice_in_dim(x, n * distance, n * distance + width, stride, axis=axis)
            for n in range(last)
        ],
        axis=-1,
    )
    strides = (*conv.strides[:-1], 1)
    products = []
    for offset in tap_offsets(before, conv.kernel_dilation[:-1]):
        met = tap(shifted, (*offset, 0), g.shape[1:-1], strides)
        both = over_positions(met, g, conv.precision)  # (last * in, out)
        products.append(both.reshape(last, x.shape[-1], g.shape[-1]))
    return jnp.concatenate(products)
