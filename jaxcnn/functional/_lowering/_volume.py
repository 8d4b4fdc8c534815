"""3-D convolutions as sums of 2-D ones, frame by frame."""

import math
from dataclasses import replace

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional._lowering import _xla
from jaxcnn.functional._lowering._convolution import Convolution, padded

_SMALL_FRAME = 2_000_000  # multiply-adds of one 2-D convolution, below which frames go together


def forward(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Each output frame is the sum of 2-D convolutions of the frames that its kernel meets."""
    deep, flat = _axes(conv)
    x = padded(x, deep)
    batch = x.shape[0]
    depth = (x.shape[1] - conv.extents(kernel.shape[:-2])[0]) // conv.strides[0] + 1
    taps = [(n * conv.kernel_dilation[0], kernel[n]) for n in range(kernel.shape[0])]
    frame = flat.output_size(x.shape[2:-1], kernel.shape[1:-2])
    if math.prod((*frame, *kernel.shape[1:])) < _SMALL_FRAME or len(taps) == 1:
        stride = conv.strides[0]
        last = (depth - 1) * stride + 1
        y = sum(
            _xla.forward(flat, _frames(x[:, first : first + last : stride]), weights)
            for first, weights in taps
        )
    else:

        def one(position: jax.Array) -> jax.Array:
            example, start = position // depth, position % depth * conv.strides[0]
            y = sum(
                _xla.forward(flat, _frame(x, example, start + offset), weights)
                for offset, weights in taps
            )
            return jnp.asarray(y)[0]

        y = lax.map(one, jnp.arange(batch * depth))
    return jnp.asarray(y).reshape(batch, depth, *frame, kernel.shape[-1])


def _axes(conv: Convolution) -> tuple[Convolution, Convolution]:
    """What concerns depth alone, as a 3-D convolution, and the rest, as a 2-D one."""
    nothing = ((0, 0), (0, 0))
    deep = replace(
        conv,
        padding=(conv.padding[0], *nothing),
        input_dilation=(conv.input_dilation[0], 1, 1),
    )
    flat = Convolution(
        conv.strides[1:],
        conv.padding[1:],
        conv.input_dilation[1:],
        conv.kernel_dilation[1:],
        conv.groups,
        conv.precision,
    )
    return deep, flat


def _frames(x: jax.Array) -> jax.Array:
    return x.reshape(x.shape[0] * x.shape[1], *x.shape[2:])


def _frame(x: jax.Array, example: jax.Array, depth: jax.Array) -> jax.Array:
    nought = jnp.zeros((), example.dtype)
    start = (example, depth, nought, nought, nought)
    return lax.dynamic_slice(x, start, (1, 1, *x.shape[2:]))[:, 0]
