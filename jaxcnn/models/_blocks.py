"""Blocks with branches: sums with a shortcut, and concatenations.

A block is one step of a network. What is inside has names in tables, but is not cut apart.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from jaxcnn import analysis
from jaxcnn.nn._containers import described


class Residual(nnx.Module):
    """Layers in order, whose result is added to the input or to a projection of it.

    Attributes:
        activation: Function of the sum, or None.
    """

    activation: Any = None

    def steps(self) -> Sequence[tuple[str, Any]]:
        """The layers with their names."""
        raise NotImplementedError

    def shortcut(self) -> tuple[str, Any] | None:
        """Name and layer of the projection (None: the input itself); None when nothing is added."""
        return "shortcut", None

    def __call__(self, x: jax.Array) -> jax.Array:
        """Maps ``x``: ``(batch, *spatial, channels)``."""
        y = x
        for _, layer in self.steps():
            y = layer(y)
        if beside := self.shortcut():
            y = y + (x if beside[1] is None else beside[1](x))
        return y if self.activation is None else self.activation(y)

    def describe(self) -> analysis.Layer:
        """The block as `jaxcnn.analysis` sees it."""
        branches = [described(self.steps(), ".")]
        if beside := self.shortcut():
            name, layer = beside
            branches.append(_named(analysis.Chain() if layer is None else layer, name))
        activation: Any = None if self.activation is None else analysis.as_layers(self.activation)
        return analysis.Branches(tuple(branches), "add", activation)


class Concatenation(nnx.Module):
    """Layers that read the same input; their outputs stand side by side, as channels."""

    def branches(self) -> Sequence[tuple[str, Any]]:
        """The layers with their names."""
        raise NotImplementedError

    def __call__(self, x: jax.Array) -> jax.Array:
        """Maps ``x``: ``(batch, *spatial, channels)``."""
        return jnp.concatenate([layer(x) for _, layer in self.branches()], axis=-1)

    def describe(self) -> analysis.Layer:
        """The block as `jaxcnn.analysis` sees it."""
        branches = tuple(_named(layer, name) for name, layer in self.branches())
        return analysis.Branches(branches, "concat")


def _named(layer: Any, name: str) -> Any:
    return replace(analysis.as_layers(layer), name=name)
