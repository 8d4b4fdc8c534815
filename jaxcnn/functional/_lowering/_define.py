"""How this package defines a JAX primitive."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.core
import jax.extend
from jax.interpreters import mlir

from jaxcnn.functional._lowering import _native


def equally_varying(*operands: jax.Array) -> tuple[jax.Array, ...]:
    """Under `jax.shard_map`, let all operands vary over the same mesh axes, as JAX's own do."""
    axes = frozenset().union(*map(_varying, operands))

    def cast(value: jax.Array) -> jax.Array:
        missing = axes - _varying(value)
        return jax.lax.pcast(value, tuple(missing), to="varying") if missing else value

    return tuple(map(cast, operands))


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
    """Say what a primitive becomes on a CPU, and what on any other platform."""
    mlir.register_lowering(new, _traced(anywhere))
    mlir.register_lowering(new, _traced(on_cpu), platform="cpu")


def _traced(function: Callable[..., Any]) -> Any:
    """Lower by tracing ``function``, as on one device: XLA itself spreads it over several."""
    rule = mlir.lower_fun(function, multiple_results=False)

    def lowering(ctx: Any, *operands: Any, **params: Any) -> Any:
        plain = [jax.core.ShapedArray(aval.shape, aval.dtype) for aval in ctx.avals_in]
        mesh = jax.sharding.use_abstract_mesh(jax.sharding.AbstractMesh((), ()))
        with mesh, _native.lowering_for(ctx.module_context):
            return rule(ctx.replace(avals_in=plain), *operands, **params)

    return lowering
