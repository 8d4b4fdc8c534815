"""Blocks whose input is added to what their layers make of it."""

from collections.abc import Sequence
from typing import Any

import jax
from flax import nnx

from jaxcnn import analysis
from jaxcnn.nn._containers import described


class Residual(nnx.Module):
    """Layers in order, whose result is added to the input or to a projection of it.

    One step of a network: what is inside has names in tables, but is not cut apart.
    """

    activation: Any = None
    """Function of the sum."""

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
        branches: list[analysis.Layer] = [described(self.steps(), ".")]
        if beside := self.shortcut():
            name, layer = beside
            branches.append(
                analysis.Chain(name=name) if layer is None else described([(name, layer)], ".")
            )
        activation = None if self.activation is None else analysis.as_layers(self.activation)
        return analysis.Branches(tuple(branches), "add", activation)  # type: ignore[arg-type]
