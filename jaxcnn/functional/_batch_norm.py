"""Batch normalisation with a derivative of its own: two sums over the batch each way, which autodiff does not find."""

import functools
import math

import jax
from jax import lax

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
    centred, mean, variance = _statistics(x)
    gain = lax.rsqrt(variance + epsilon) * scale
    return centred * gain + bias, mean, variance


@batch_norm.defjvp
def _(
    epsilon: float, primals: tuple[jax.Array, ...], tangents: tuple[jax.Array, ...]
) -> tuple[tuple[jax.Array, ...], tuple[jax.Array, ...]]:
    """Written so that its transpose needs the sums of ``g`` and of ``g * unit`` alone, each once."""
    x, scale, bias = primals
    dx, dscale, dbias = tangents
    centred, mean, variance = _statistics(x)
    inverse = lax.rsqrt(variance + epsilon)
    gain, unit = inverse * scale, centred * inverse
    dx = dx.astype(centred.dtype)
    dmean, along = _mean(dx), _mean(dx * unit)
    dy = gain * dx + (dbias - gain * dmean) + unit * (dscale - gain * along)
    return (centred * gain + bias, mean, variance), (dy, dmean, 2 * along / inverse)


def _statistics(x: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """The values less their mean, the mean, and the variance, in two passes."""
    wide = x.astype(accumulator(x.dtype))
    mean = _mean(wide)
    centred = wide - mean
    return centred, mean, _mean(centred * centred)


def _mean(x: jax.Array) -> jax.Array:
    return x.sum(tuple(range(x.ndim - 1))) / math.prod(x.shape[:-1])
