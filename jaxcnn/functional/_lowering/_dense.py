"""Convolutions that are matrix products, or that XLA does better in another shape."""

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional._lowering import _xla
from jaxcnn.functional._lowering._convolution import Convolution, Sizes, with_explicit_padding


def pointwise(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """A 1x1 convolution is a matrix product."""
    weights = kernel.reshape(kernel.shape[-2:])
    return lax.dot_general(
        strided(x, conv.strides), weights, (((x.ndim - 1,), (0,)), ((), ())), conv.precision
    )


def pointwise_kernel_gradient(
    conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes
) -> jax.Array:
    """The product of the two maps, summed over positions."""
    dk = over_positions(strided(x, conv.strides), g, conv.precision)
    return dk.reshape(*kernel_size, *dk.shape)


def over_positions(a: jax.Array, b: jax.Array, precision: lax.PrecisionLike) -> jax.Array:
    """Contract all axes but the last: ``(channels of a, channels of b)``."""
    a, b = a.reshape(-1, a.shape[-1]), b.reshape(-1, b.shape[-1])
    contract = (((0,), (0,)), ((), ()))
    if a.shape[-1] <= b.shape[-1]:
        return lax.dot_general(a, b, contract, precision)
    # XLA contracts leading axes nearly twice as fast where the first operand is the narrow one;
    # without a barrier it would put the operands back in this order.
    return lax.optimization_barrier(lax.dot_general(b, a, contract, precision)).T


def line(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """A convolution along one axis as one over images of height 1."""
    return _xla.forward(conv.as_plane(), x[:, None], kernel[None])[:, 0]


def padded_beforehand(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """A kernel larger than its input gets one padded to more than its size.

    Without a barrier XLA would put the padding back into the convolution, and compute it naively.
    """
    wide, conv = with_explicit_padding(x, conv)
    return _xla.forward(conv, lax.optimization_barrier(wide), kernel)


def padded_features(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Filters that are zero bring their number to whole vectors of the processor."""
    features = kernel.shape[-1]
    more = -features % 32
    wide = jnp.pad(kernel, ((0, 0),) * (kernel.ndim - 1) + ((0, more),))
    return _xla.forward(conv, x, wide)[..., :features]


def strided(x: jax.Array, strides: Sizes) -> jax.Array:
    return x if set(strides) == {1} else x[(slice(None), *(slice(None, None, s) for s in strides))]
