"""Pooling as JAX primitives: maxima and sums of windows, and the linear maps that differentiate them.

At a given input, the tangent of a maximum is the tangent of the pixel that wins (`select_and_gather`), and the
transpose of that brings a cotangent back to it (`select_and_scatter`). The sum is linear itself; its transpose
gives every pixel the cotangents of the windows that see it. Averages are sums with a divisor.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.interpreters import ad, batching

from jaxcnn.functional._lowering import _rules, _xla
from jaxcnn.functional._lowering._define import equally_varying, lower, primitive
from jaxcnn.functional._lowering._windows import Pool


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
    return _maximum.bind(x, pool=_pool(window_shape, strides, padding, (1,) * len(strides)))


def reduce_sum(
    x: jax.Array,
    *,
    window_shape: Sequence[int],
    strides: Sequence[int],
    padding: Sequence[tuple[Any, Any]],
    kernel_dilation: Sequence[int],
    divisor: float = 1,
) -> jax.Array:
    """Add up every window of ``(batch, *spatial, channels)``, padding as zero, and divide the sum."""
    pool = _pool(window_shape, strides, padding, kernel_dilation)
    return _total.bind(x, pool=pool, divisor=divisor)


def _pool(
    window_shape: Sequence[int],
    strides: Sequence[int],
    padding: Sequence[tuple[Any, Any]],
    dilation: Sequence[int],
) -> Pool:
    pairs = tuple((low, high) for low, high in padding)
    return Pool(tuple(window_shape), tuple(strides), pairs, tuple(dilation))


def _shape(x: Any, *_: Any, pool: Pool, **_others: Any) -> tuple[Any, ...]:
    return (x.shape[0], *pool.output_size(x.shape[1:-1]), x.shape[-1])


_maximum = primitive("max_pool", _shape)
_select_and_gather = primitive("max_pool_select_and_gather", _shape)
_select_and_scatter = primitive("max_pool_select_and_scatter", lambda g, x, *, pool: x.shape)
_total = primitive("sum_pool", _shape)
_total_back = primitive(
    "sum_pool_back", lambda g, *, pool, map_size: (g.shape[0], *map_size, g.shape[-1])
)


ad.defjvp(_maximum, lambda t, x, *, pool: _gathered(t, x, pool))
ad.defjvp(_select_and_gather, lambda t, _, x, *, pool: _gathered(t, x, pool), None)
ad.defjvp(_select_and_scatter, lambda t, _, x, *, pool: _scattered(t, x, pool), None)


def _gathered(t: Any, x: Any, pool: Pool) -> jax.Array:
    return _select_and_gather.bind(*equally_varying(t, x), pool=pool)


def _scattered(g: Any, x: Any, pool: Pool) -> jax.Array:
    return _select_and_scatter.bind(*equally_varying(g, x), pool=pool)


def _transpose(other: Any) -> Any:
    def rule(cotangent: Any, operand: Any, x: Any, *, pool: Pool) -> tuple[Any, None]:
        if type(cotangent) is ad.Zero:
            return ad.Zero(operand.aval.to_ct_aval()), None
        return other(cotangent, x, pool), None

    return rule


ad.primitive_transposes[_select_and_gather] = _transpose(_scattered)
ad.primitive_transposes[_select_and_scatter] = _transpose(_gathered)


def _total_transposed(g: Any, x: Any, *, pool: Pool, divisor: float) -> list[jax.Array]:
    shares = g / jnp.asarray(divisor, g.dtype)
    return [_total_back.bind(shares, pool=pool, map_size=x.aval.shape[1:-1])]


ad.deflinear2(_total, _total_transposed)
ad.deflinear2(_total_back, lambda y, g, *, pool, map_size: [_total.bind(y, pool=pool, divisor=1)])


def _into_batch(new: Any) -> Any:
    """The vmap rule of a primitive all of whose operands have a batch axis."""

    def rule(
        operands: Sequence[jax.Array], axes: Sequence[int | None], **params: Any
    ) -> tuple[jax.Array, int]:
        count = next(x.shape[a] for x, a in zip(operands, axes, strict=True) if a is not None)
        moved = [
            jnp.broadcast_to(x, (count, *x.shape)) if a is None else jnp.moveaxis(x, a, 0)
            for x, a in zip(operands, axes, strict=True)
        ]
        y = new.bind(*(x.reshape(-1, *x.shape[2:]) for x in moved), **params)
        return y.reshape(count, -1, *y.shape[1:]), 0

    return rule


for _new in (_maximum, _select_and_gather, _select_and_scatter, _total, _total_back):
    batching.primitive_batchers[_new] = _into_batch(_new)


lower(
    _maximum,
    lambda x, *, pool: _xla.reduce_max(x, *pool[:3]),
    lambda x, *, pool: _rules.maximum(pool, x),
)
lower(
    _select_and_gather,
    lambda t, x, *, pool: _xla.select_and_gather(t, x, *pool[:3]),
    lambda t, x, *, pool: _rules.select_and_gather(pool, t, x),
)
lower(
    _select_and_scatter,
    lambda g, x, *, pool: _xla.select_and_scatter(g, x, *pool[:3]),
    lambda g, x, *, pool: _rules.select_and_scatter(pool, g, x),
)
lower(
    _total,
    lambda x, *, pool, divisor: _xla.divided_sum(x, divisor, *pool),
    lambda x, *, pool, divisor: _rules.total(pool, x, divisor),
)
lower(
    _total_back,
    lambda g, *, pool, map_size: _xla.reduce_sum_back(g, map_size, *pool),
    lambda g, *, pool, map_size: _rules.total_back(pool, g, map_size),
)
