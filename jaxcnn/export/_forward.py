"""A module as a function of its weights."""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import jax
import jax.numpy as jnp

if TYPE_CHECKING:
    from flax import nnx


class Forward(NamedTuple):
    """What a module computes in evaluation mode.

    ``call(weights, images)``; ``names`` and ``specs`` say what the weights are.
    """

    call: Callable[[Sequence[Any], jax.Array], Any]
    names: tuple[str, ...]
    weights: tuple[Any, ...]

    @property
    def specs(self) -> tuple[jax.ShapeDtypeStruct, ...]:
        """Shapes and types of the weights."""
        return tuple(jax.ShapeDtypeStruct(w.shape, w.dtype) for w in self.weights)

    def trace(self, images: Any) -> Any:
        """Shape and type of the result, from those of the images."""
        return jax.eval_shape(self.call, self.specs, images)


def forward_of(model: "nnx.Module", preprocess: Callable[[jax.Array], jax.Array] | None) -> Forward:
    """The forward pass of a copy of the module, which shares its arrays."""
    from flax import nnx  # imported here: a program that was loaded runs without it

    still = nnx.clone(model)
    still.eval()
    graph, random, state = nnx.split(still, nnx.RngState, ...)
    paths, structure = jax.tree_util.tree_flatten_with_path(state)

    def forward(weights: Sequence[Any], images: jax.Array) -> Any:
        unused = jax.tree.map(_neutral, random)  # what dropout would draw from
        module = nnx.merge(graph, unused, jax.tree.unflatten(structure, weights))
        return module(images if preprocess is None else preprocess(images))  # type: ignore[operator]

    return Forward(forward, tuple(_path(p) for p, _ in paths), tuple(leaf for _, leaf in paths))


def _path(keys: Sequence[Any]) -> str:
    """``features.0.kernel`` from the keys that lead to its value."""
    text = re.sub(r"\W+", ".", jax.tree_util.keystr(tuple(keys)))
    return text.strip(".").removesuffix(".value")


def _neutral(leaf: Any) -> jax.Array:
    if jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key):
        return jnp.broadcast_to(jax.random.key(0), leaf.shape)
    return jnp.zeros(leaf.shape, leaf.dtype)
