"""A model taken apart into lists of arrays, which compiled steps take and give back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx
from flax.nnx import filterlib

from jaxcnn.transfer._preprocessing import scaling
from jaxcnn.transfer._state import name_of

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
        scaling: What is subtracted from bytes that became 0 to 1, and divides them; or None.
    """

    training: Any
    evaluating: Any
    filters: tuple[Any, ...]
    trees: tuple[Any, ...]
    names: tuple[list[str], ...]
    scaling: Any = None

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

    def scaled(self, images: jax.Array) -> jax.Array:
        """Images that were bytes, now 0 to 1, as the model takes them."""
        if self.scaling is None:
            return images
        mean, std = self.scaling
        return (images - mean) / std

    def with_training(self, model: nnx.Module, trainable: Any) -> "Blueprint":
        """The same model, of which only these variables are trained for now, the rest asleep."""
        return replace(self, training=_training(model, self.filters, trainable))


def take_apart(model: nnx.Module, trainable: Any = nnx.Param) -> tuple[Blueprint, list[Arrays]]:
    """Splits a model; it is left in evaluation mode.

    Args:
        model: The model.
        trainable: A filter of NNX: which variables are trained.

    Returns:
        The blueprint, and copies of the arrays: trained, frozen, others.

    Raises:
        ValueError: It is no module of Flax NNX, or nothing is trained.
    """
    if not isinstance(model, nnx.Module):
        raise ValueError(f"model must be a flax.nnx.Module, not {type(model).__name__}")
    filters = (trainable, nnx.Param, ...)
    training = _training(model, filters, trainable)
    evaluating, *states = nnx.split(model, *filters)
    flat = [jax.tree.flatten(state) for state in states]
    if not flat[0][0]:
        raise ValueError("trainable must select at least one parameter of the model")
    names = tuple(
        [".".join(map(str, path)) for path, _ in nnx.to_flat_state(state)] for state in states
    )
    blueprint = Blueprint(
        training, evaluating, filters, tuple(tree for _, tree in flat), names, scaling(model)
    )
    return blueprint, [[jnp.copy(array) for array in arrays] for arrays, _ in flat]


def _training(model: nnx.Module, filters: tuple[Any, ...], trainable: Any) -> Any:
    """The graph of a model in training mode, its frozen parts in evaluation mode.

    A layer is frozen when it has parameters and none is trained. One without parameters, such as
    dropout, is frozen where ``trainable`` has a method that says so by its path.
    """
    is_trained = filterlib.to_predicate(trainable)
    selects: Callable[[str], bool] = getattr(trainable, "selects", lambda name: True)
    for path, module in nnx.iter_modules(model):
        own = [
            is_trained((*path, name), value)
            for name, value in vars(module).items()
            if isinstance(value, nnx.Param)
        ]
        awake = any(own) if own else selects(name_of(path))
        layer: Any = module
        for attribute in ("deterministic", "use_running_average"):
            if hasattr(layer, attribute):
                setattr(layer, attribute, not awake)
    graph = nnx.split(model, *filters)[0]
    model.eval()
    return graph
