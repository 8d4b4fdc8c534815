"""Batch normalisation with a derivative of its own: two sums over the batch each way, which autodiff does not find."""

import functools
import math

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional import _lowering
from jaxcnn.functional._arguments import accumulator


@functools.partial(jax.custom_jvp, nondiff_argnums=(3,))
def batch_norm(
    x: jax.Array, scale: jax.Array, bias: jax.Array, epsilon: float
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Normalise each channel by the mean and the biased variance of all its values.

    Sums are in float32 at least. Derivatives of any order and both modes.

    Args:
        x: ``(batch, ..., channels)``.
        scale: ``(channels,)``.
        bias: ``(channels,)``.
        epsilon: Added to the variance.

    Returns:
        ``(x - mean) / sqrt(variance + epsilon) * scale + bias``, the mean and the variance, each
        of the type of the sums.

    Source: S. Ioffe, C. Szegedy, *Batch normalization*, 2015, algorithm 1 and the derivatives after it.
    """
    wide, mean, variance = _statistics(x)
    return (wide - mean) * (lax.rsqrt(variance + epsilon) * scale) + bias, mean, variance


@batch_norm.defjvp
def _(
    epsilon: float, primals: tuple[jax.Array, ...], tangents: tuple[jax.Array, ...]
) -> tuple[tuple[jax.Array, ...], tuple[jax.Array, ...]]:
    """Written so that its transpose needs the sums of ``g`` and of ``g * (x - mean)`` alone, each once."""
    x, scale, bias = primals
    dx, dscale, dbias = tangents
    wide, mean, variance = _statistics(x)
    inverse = lax.rsqrt(variance + epsilon)
    gain = inverse * scale
    dx = dx.astype(wide.dtype)
    dmean, along = _lowering.channel_sums(dx, wide, mean) / math.prod(x.shape[:-1])
    # A channel's part of the tangent: a number, and a multiple of the centred values.
    parts = dbias - gain * dmean, inverse * (dscale - inverse * gain * along)
    dy = gain * dx + _lowering.channel_spread(wide, mean, jnp.stack(parts))
    return ((wide - mean) * gain + bias, mean, variance), (dy, dmean, 2 * along)


def _statistics(x: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """The values in the type of the sums, their mean and their variance."""
    wide = x.astype(accumulator(x.dtype))
    mean, variance = _lowering.moments(wide)
    return wide, mean, variance
