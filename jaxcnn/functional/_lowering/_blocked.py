"""Kernel gradients of dense convolutions, in blocks of positions that stay in the cache.

The gradient of tap ``t`` is a product of matrices over all positions ``p``, ``x[p + t]' g[p]``. XLA
writes it as one convolution with a kernel as large as the map, which on a CPU runs at a fraction
of the speed of a product. Here a loop over blocks of rows (or, where maps are small, of examples)
adds up the products of one block at a time.
"""

import itertools
import math

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional._lowering._convolution import Convolution, Sizes, padded, tap

_POSITIONS = 3000  # outputs per block: the operands of a block fill a few MiB at 64 channels


def kernel_gradient(conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes) -> jax.Array:
    """Add up the kernel gradients ``(*K, in, out)`` of blocks of positions; rank 2 or 3."""
    extent = conv.extents(kernel_size)
    steps = conv.strides
    x = padded(x, conv)
    rows, positions = g.shape[1], math.prod(g.shape[1:-1])
    high = max(1, -(-rows // -(-positions // _POSITIONS)))  # rows per block
    deep = min(g.shape[0], max(1, _POSITIONS // positions)) if high == rows else 1  # examples
    down, along = -(-rows // high), -(-g.shape[0] // deep)

    # Zeros complete the last block; x is cut or filled to what the windows meet.
    used = (rows - 1) * steps[0] + extent[0]
    more_rows, more_examples = down * high - rows, along * deep - g.shape[0]
    zero = jnp.zeros((), x.dtype)
    untouched = ((0, 0, 0),) * (g.ndim - 2)
    g = lax.pad(g, zero, ((0, more_examples, 0), (0, more_rows, 0), *untouched))
    fill = more_rows * steps[0] + used - x.shape[1]
    x = lax.pad(x, zero, ((0, more_examples, 0), (0, fill, 0), *untouched))
    seen = (high - 1) * steps[0] + extent[0]  # rows of x that a block meets

    def add(block: jax.Array, total: jax.Array) -> jax.Array:
        example, row = block // down * deep, block % down * high
        part = _block(x, example, row * steps[0], (deep, seen))
        cotangent = _block(g, example, row, (deep, high))
        return total + _of_block(conv, part, cotangent, kernel_size)

    count = math.prod(kernel_size)
    total = jnp.zeros((count, x.shape[-1], g.shape[-1]), x.dtype)
    if down * along == 1:
        total = _of_block(conv, x, g, kernel_size)
    else:
        total = lax.fori_loop(0, down * along, add, total)
    return total.reshape(*kernel_size, x.shape[-1], g.shape[-1])


def _block(x: jax.Array, example: jax.Array, row: jax.Array, size: tuple[int, int]) -> jax.Array:
    nought = jnp.zeros((), example.dtype)
    start = (example, row, *(nought,) * (x.ndim - 2))
    return lax.dynamic_slice(x, start, (*size, *x.shape[2:]))


def _of_block(conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes) -> jax.Array:
    """``(taps, in, out)`` for one block of padded ``x``."""
    if set(conv.strides) == {1} and x.shape[-1] >= 8:
        return _shifting_the_cotangent(conv, x, g, kernel_size)
    return _shifting_the_input(conv, x, g, kernel_size)


def _shifting_the_cotangent(
    conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes
) -> jax.Array:
    """Shifts along the last axis go to ``g``, side by side: one wide product per other tap."""
    *before, last = kernel_size
    distance = conv.kernel_dilation[-1]
    reach = (last - 1) * distance
    margins = (*((0, 0, 0),) * (g.ndim - 2), (reach, reach, 0), (0, 0, 0))
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
    for offset in _offsets(before, conv.kernel_dilation):
        met = tap(x, (*offset, 0), out, conv.strides)
        both = _product(met, shifted, conv.precision)  # (in, last * out)
        products.append(both.reshape(x.shape[-1], last, g.shape[-1]).swapaxes(0, 1))
    return jnp.concatenate(products)


def _shifting_the_input(
    conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes
) -> jax.Array:
    """Shifts along the last axis go to ``x``: for few channels, or strides."""
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
    for offset in _offsets(before, conv.kernel_dilation):
        met = tap(shifted, (*offset, 0), g.shape[1:-1], strides)
        both = _product(met, g, conv.precision)  # (last * in, out)
        products.append(both.reshape(last, x.shape[-1], g.shape[-1]))
    return jnp.concatenate(products)


def _product(a: jax.Array, b: jax.Array, precision: lax.PrecisionLike) -> jax.Array:
    """Contract all axes but the last: ``(channels of a, channels of b)``."""
    a, b = a.reshape(-1, a.shape[-1]), b.reshape(-1, b.shape[-1])
    return lax.dot_general(a, b, (((0,), (0,)), ((), ())), precision)


def _offsets(kernel_size: list[int], dilation: Sizes) -> list[tuple[int, ...]]:
    axes = (range(0, k * d, d) for k, d in zip(kernel_size, dilation, strict=False))
    return list(itertools.product(*axes))
