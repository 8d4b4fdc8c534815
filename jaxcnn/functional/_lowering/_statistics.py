"""The sums of batch normalisation as JAX primitives: moments of channels, and the linear maps that differentiate them.

Sums over all pixels of a cotangent, and of its product with the centred input, are the transpose of the map that gives
every pixel a number of its channel and a multiple of its centred value: `channel_sums` and `channel_spread`.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.interpreters import ad, batching

from jaxcnn.functional._lowering import _rules, _xla
from jaxcnn.functional._lowering._define import equally_varying, lower, primitive


def moments(x: jax.Array) -> jax.Array:
    """``(2, channels)``: mean and biased variance of each channel of ``(batch, ..., channels)``."""
    return _moments.bind(x)


def channel_sums(g: jax.Array, x: jax.Array, mean: jax.Array) -> jax.Array:
    """``(2, channels)``: for each channel the sum of ``g``, and that of ``g * (x - mean)``."""
    return _sums.bind(*equally_varying(g, x, mean))


def channel_spread(x: jax.Array, mean: jax.Array, c: jax.Array) -> jax.Array:
    """``c[0] + (x - mean) * c[1]``, the transpose of `channel_sums`."""
    return _spread.bind(*equally_varying(x, mean, c))


_moments = primitive("channel_moments", lambda x: (2, x.shape[-1]), first_axis=False)
_sums = primitive("channel_sums", lambda g, x, mean: (2, x.shape[-1]), first_axis=False)
_spread = primitive("channel_spread", lambda x, mean, c: x.shape)


# JAX calls a rule where some tangent is not zero.
def _moments_jvp(primals: Any, tangents: Any) -> tuple[Any, Any]:
    (x,), (t,) = primals, tangents
    found = moments(x)
    means = channel_sums(t, x, found[0]) / math.prod(x.shape[:-1])
    return found, means * jnp.array([[1], [2]], means.dtype)


def _sums_jvp(primals: Any, tangents: Any) -> tuple[Any, Any]:
    g, x, mean = primals
    dg, dx, dmean = tangents
    found = channel_sums(g, x, mean)
    terms = [] if type(dg) is ad.Zero else [channel_sums(dg, x, mean)]
    for sign, t in ((1, dx), (-1, dmean)):
        if type(t) is not ad.Zero:
            along = sign * (g * t).sum(tuple(range(g.ndim - 1)))
            terms.append(jnp.stack([jnp.zeros_like(along), along]))
    return found, sum(terms[1:], terms[0])


def _spread_jvp(primals: Any, tangents: Any) -> tuple[Any, Any]:
    x, mean, c = primals
    dx, dmean, dc = tangents
    found = channel_spread(x, mean, c)
    terms = [] if type(dc) is ad.Zero else [channel_spread(x, mean, dc)]
    if type(dx) is not ad.Zero:
        terms.append(dx * c[1])
    if type(dmean) is not ad.Zero:
        terms.append(jnp.broadcast_to(-dmean * c[1], x.shape))
    return found, sum(terms[1:], terms[0])


ad.primitive_jvps[_moments] = _moments_jvp
ad.primitive_jvps[_sums] = _sums_jvp
ad.primitive_jvps[_spread] = _spread_jvp


def _sums_transposed(cotangent: Any, g: Any, x: Any, mean: Any) -> tuple[Any, None, None]:
    if type(cotangent) is ad.Zero:
        return ad.Zero(g.aval.to_ct_aval()), None, None
    return channel_spread(x, mean, cotangent), None, None


def _spread_transposed(cotangent: Any, x: Any, mean: Any, c: Any) -> tuple[None, None, Any]:
    if type(cotangent) is ad.Zero:
        return None, None, ad.Zero(c.aval.to_ct_aval())
    return None, None, channel_sums(cotangent, x, mean)


ad.primitive_transposes[_sums] = _sums_transposed
ad.primitive_transposes[_spread] = _spread_transposed


def _mapped(plain: Callable[..., jax.Array]) -> Any:
    """The vmap rule: of JAX's own operations."""

    def rule(operands: Sequence[jax.Array], axes: Sequence[int | None]) -> tuple[jax.Array, int]:
        return jax.vmap(plain, tuple(axes))(*operands), 0

    return rule


for _new, _plain, _on_cpu in (
    (_moments, _xla.moments, _rules.moments),
    (_sums, _xla.channel_sums, _rules.channel_sums),
    (_spread, _xla.channel_spread, _xla.channel_spread),
):
    batching.primitive_batchers[_new] = _mapped(_plain)
    lower(_new, _plain, _on_cpu)
