"""Max pooling as JAX primitives: the maxima, and the two linear maps that differentiate them.

At a given input, the tangent of a maximum is the tangent of the pixel that wins (`pick`), and the
transpose of that brings a cotangent back to it (`spread`). Each is the derivative of the other.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.interpreters import ad, batching

from jaxcnn.functional._lowering import _rules, _xla
from jaxcnn.functional._lowering._define import equally_varying, lower, primitive
from jaxcnn.functional._lowering._maxima import Pool


def reduce_max(
    x: jax.Array,
    *,
    window_shape: Sequence[int],
    strides: Sequence[int],
    padding: Sequence[tuple[Any, Any]],
) -> jax.Array:
    """Take the maximum of every window of ``(batch, *spatial, channels)``; padding never wins.

    Of equal pixels the first receives the gradient.
    """
    pool = Pool(tuple(window_shape), tuple(strides), tuple((low, high) for low, high in padding))
    return _maximum.bind(x, pool=pool)


def _shape(x: Any, *_: Any, pool: Pool) -> tuple[Any, ...]:
    return (x.shape[0], *pool.output_size(x.shape[1:-1]), x.shape[-1])


_maximum = primitive("max_pool", _shape)
_pick = primitive("max_pool_pick", _shape)
_spread = primitive("max_pool_spread", lambda g, x, *, pool: x.shape)


ad.defjvp(_maximum, lambda t, x, *, pool: _picked(t, x, pool))
ad.defjvp(_pick, lambda t, _, x, *, pool: _picked(t, x, pool), None)
ad.defjvp(_spread, lambda t, _, x, *, pool: _spread_out(t, x, pool), None)


def _picked(t: Any, x: Any, pool: Pool) -> jax.Array:
    return _pick.bind(*equally_varying(t, x), pool=pool)


def _spread_out(g: Any, x: Any, pool: Pool) -> jax.Array:
    return _spread.bind(*equally_varying(g, x), pool=pool)


def _transpose(other: Any) -> Any:
    def rule(cotangent: Any, operand: Any, x: Any, *, pool: Pool) -> tuple[Any, None]:
        if type(cotangent) is ad.Zero:
            return ad.Zero(operand.aval.to_ct_aval()), None
        return other(cotangent, x, pool), None

    return rule


ad.primitive_transposes[_pick] = _transpose(_spread_out)
ad.primitive_transposes[_spread] = _transpose(_picked)


def _into_batch(new: Any) -> Any:
    """The vmap rule of a primitive all of whose operands have a batch axis."""

    def rule(
        operands: Sequence[jax.Array], axes: Sequence[int | None], *, pool: Pool
    ) -> tuple[jax.Array, int]:
        count = next(x.shape[a] for x, a in zip(operands, axes, strict=True) if a is not None)
        moved = [
            jnp.broadcast_to(x, (count, *x.shape)) if a is None else jnp.moveaxis(x, a, 0)
            for x, a in zip(operands, axes, strict=True)
        ]
        y = new.bind(*(x.reshape(-1, *x.shape[2:]) for x in moved), pool=pool)
        return y.reshape(count, -1, *y.shape[1:]), 0

    return rule


for _new in (_maximum, _pick, _spread):
    batching.primitive_batchers[_new] = _into_batch(_new)


lower(
    _maximum,
    lambda x, *, pool: _xla.reduce_max(x, *pool),
    lambda x, *, pool: _rules.maximum(pool, x),
)
lower(
    _pick,
    lambda t, x, *, pool: _xla.pick(t, x, *pool),
    lambda t, x, *, pool: _rules.pick(pool, t, x),
)
lower(
    _spread,
    lambda g, x, *, pool: _xla.spread(g, x, *pool),
    lambda g, x, *, pool: _rules.spread(pool, g, x),
)
