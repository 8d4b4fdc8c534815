"""A model taken apart into lists of arrays, which compiled steps take and give back."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx

Arrays = list[jax.Array]


class TrainState(NamedTuple):
    """What a training step changes.

    Attributes:
        trainable: The parameters that are trained.
        others: Running statistics and random streams of the model.
        optimizer: The optimiser's state.
        step: Number of steps made.
        finite: Whether all losses and gradients were; once not, nothing else changes any more.
    """

    trainable: Arrays
    others: Arrays
    optimizer: Any
    step: jax.Array
    finite: jax.Array


@dataclass(frozen=True)
class Blueprint:
    """How arrays become a model again.

    Attributes:
        training, evaluating: The model without its arrays, in either mode.
        filters: What tells the three lists apart: trained, frozen, others.
        trees: Their structures.
        names: Their paths in the model.
    """

    training: Any
    evaluating: Any
    filters: tuple[Any, ...]
    trees: tuple[Any, ...]
    names: tuple[list[str], ...]

    def build(self, trainable: Arrays, frozen: Arrays, others: Arrays, *, training: bool) -> Any:
        """The model with these arrays; its variables are its own."""
        states = (
            jax.tree.unflatten(tree, arrays)
            for tree, arrays in zip(self.trees, (trainable, frozen, others), strict=True)
        )
        graph = self.training if training else self.evaluating
        return nnx.merge(graph, *states, copy=True)

    def others_of(self, model: Any) -> Arrays:
        """What of a model that has run is neither trained nor frozen."""
        return jax.tree.leaves(nnx.split(model, *self.filters)[3])

    def put_into(self, model: Any, trainable: Arrays, others: Arrays) -> None:
        """Sets the arrays of the model that this was taken from."""
        state = jax.tree.unflatten(self.trees[0], trainable)
        nnx.update(model, state, jax.tree.unflatten(self.trees[2], others))


def take_apart(model: nnx.Module, trainable: Any = nnx.Param) -> tuple[Blueprint, list[Arrays]]:
    """Splits a model; it is left in evaluation mode.

    Args:
        model: The model.
        trainable: A filter of NNX: which variables are trained.

    Returns:
        The blueprint, and copies of the arrays: trained, frozen, others.

    Raises:
        ValueError: Nothing is trained.
    """
    filters = (trainable, nnx.Param, ...)
    model.train()
    training, *states = nnx.split(model, *filters)
    model.eval()
    evaluating = nnx.split(model, *filters)[0]
    flat = [jax.tree.flatten(state) for state in states]
    if not flat[0][0]:
        raise ValueError("trainable must select at least one parameter of the model")
    names = tuple(
        [".".join(map(str, path)) for path, _ in nnx.to_flat_state(state)] for state in states
    )
    blueprint = Blueprint(training, evaluating, filters, tuple(tree for _, tree in flat), names)
    return blueprint, [[jnp.copy(array) for array in arrays] for arrays, _ in flat]
