"""Convolutions that are products of matrices, or that XLA does better in another shape."""

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional._lowering import _xla
from jaxcnn.functional._lowering._convolution import Convolution, Sizes


def pointwise(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """A 1x1 convolution is a product of matrices."""
    weights = kernel.reshape(kernel.shape[-2:])
    return lax.dot_general(
        _strided(x, conv.strides), weights, (((x.ndim - 1,), (0,)), ((), ())), conv.precision
    )


def pointwise_kernel_gradient(
    conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes
) -> jax.Array:
    """The product of the two maps, summed over positions."""
    x = _strided(x, conv.strides)
    positions = tuple(range(x.ndim - 1))
    # XLA's CPU product contracts leading axes faster where the first operand is the narrow one.
    if x.shape[-1] <= g.shape[-1]:
        dk = lax.dot_general(x, g, ((positions, positions), ((), ())), conv.precision)
    else:
        dk = lax.dot_general(g, x, ((positions, positions), ((), ())), conv.precision).T
    return dk.reshape(*kernel_size, *dk.shape)


def line(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """A convolution along one axis as one over images of height 1."""
    return _xla.forward(conv.as_plane(), x[:, None], kernel[None])[:, 0]


def padded_features(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Filters that are zero bring their number to whole vectors of the processor."""
    features = kernel.shape[-1]
    more = -features % 32
    wide = jnp.pad(kernel, ((0, 0),) * (kernel.ndim - 1) + ((0, more),))
    return _xla.forward(conv, x, wide)[..., :features]


def _strided(x: jax.Array, strides: Sizes) -> jax.Array:
    return x if set(strides) == {1} else x[(slice(None), *(slice(None, None, s) for s in strides))]
