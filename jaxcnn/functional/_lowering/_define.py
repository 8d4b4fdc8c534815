"""How this package defines a JAX primitive."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.extend
from jax.interpreters import mlir


def equally_varying(x: jax.Array, other: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Under `jax.shard_map`, let both operands vary over the same mesh axes, as JAX's own do."""

    def cast(value: jax.Array, like: jax.Array) -> jax.Array:
        missing = _varying(like) - _varying(value)
        return jax.lax.pcast(value, tuple(missing), to="varying") if missing else value

    return cast(x, other), cast(other, x)


def _varying(value: jax.Array) -> frozenset[Any]:
    return frozenset(jax.typeof(value).manual_axis_type.varying)


def primitive(name: str, shape_of: Callable[..., Sequence[Any]], *, first_axis: bool = True) -> Any:
    """A primitive with one array result: of the first operand's type, with another shape.

    Args:
        name: What jaxprs call it.
        shape_of: Result shape from the operands' types and the parameters.
        first_axis: Whether the result's first axis is the operands' batch axis.
    """
    new = jax.extend.core.Primitive(name)

    @new.def_abstract_eval
    def _abstract(x: Any, *others: Any, **params: Any) -> Any:
        shape = tuple(shape_of(x, *others, **params))
        if first_axis:
            return x.update(shape=shape, weak_type=False)
        unsharded = x.sharding.update(spec=jax.sharding.PartitionSpec(*(None,) * len(shape)))
        return x.update(shape=shape, weak_type=False, sharding=unsharded)

    @functools.lru_cache(maxsize=4096)
    def compiled(**params: Any) -> Any:
        return jax.jit(functools.partial(new.bind, **params))

    new.def_impl(lambda *operands, **params: compiled(**params)(*operands))
    return new


def lower(new: Any, anywhere: Callable[..., Any], on_cpu: Callable[..., Any]) -> None:
    mlir.register_lowering(new, mlir.lower_fun(anywhere, multiple_results=False))
    mlir.register_lowering(new, mlir.lower_fun(on_cpu, multiple_results=False), platform="cpu")
