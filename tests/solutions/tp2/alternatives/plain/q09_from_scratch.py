"""Question 9, training from scratch."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

BATCH = 20
MOMENTUM = 0.9
CENTRE = 0.3  # about the mean of the images: a network learns faster when its inputs surround zero


def cross_entropy(scores: jax.Array, labels: jax.Array) -> jax.Array:
    """Mean cross-entropy of a batch."""
    scores = jnp.asarray(scores)
    lowered = scores - jax.lax.stop_gradient(scores.max(axis=1, keepdims=True))
    right = lowered[jnp.arange(len(labels)), labels]
    return jnp.mean(jnp.log(jnp.exp(lowered).sum(axis=1)) - right)


def accuracy(scores: np.ndarray, labels: np.ndarray) -> float:
    """Share of the images whose right class has the largest score."""
    right = 0
    for row, label in zip(np.asarray(scores).tolist(), np.asarray(labels).tolist(), strict=True):
        right += row.index(max(row)) == label
    return right / len(labels)


def batches(order: np.ndarray, size: int) -> np.ndarray:
    """The batches of an epoch."""
    number = len(order) // size
    found = np.zeros((number, size), dtype=int)
    for i in range(number):
        found[i] = order[i * size : (i + 1) * size]
    return found


def momentum_step(
    parameters: Any, gradients: Any, velocity: Any, rate: float, momentum: float
) -> tuple[Any, Any]:
    """One update with momentum."""
    leaves, structure = jax.tree.flatten(parameters)
    new_leaves, new_velocities = [], []
    for p, g, v in zip(leaves, jax.tree.leaves(gradients), jax.tree.leaves(velocity), strict=True):
        v = momentum * v + g
        new_velocities.append(v)
        new_leaves.append(p - rate * v)
    return structure.unflatten(new_leaves), structure.unflatten(new_velocities)


@partial(jax.jit, static_argnames="graph")
def scores_of(graph: Any, parameters: Any, rest: Any, images: jax.Array) -> jax.Array:
    """The scores (number, classes) of a network (given)."""
    return nnx.merge(graph, parameters, rest)(images - CENTRE)


@partial(jax.jit, static_argnames="graph")
def step(
    graph: Any,
    parameters: Any,
    rest: Any,
    velocity: Any,
    images: jax.Array,
    labels: jax.Array,
    rate: float,
) -> tuple[Any, Any]:
    """One training step on a batch: new weights, new velocities (given)."""

    def loss(parameters: Any) -> jax.Array:
        return cross_entropy(nnx.merge(graph, parameters, rest)(images - CENTRE), labels)

    return momentum_step(parameters, jax.grad(loss)(parameters), velocity, rate, MOMENTUM)


def train(model: Any, images: np.ndarray, labels: np.ndarray, steps: int, seed: int) -> Any:
    """Trains a network and returns it."""
    graph, parameters, rest = nnx.split(model, nnx.Param, ...)
    velocity = jax.tree.map(jnp.zeros_like, parameters)
    rng = np.random.default_rng(seed)
    done = 0
    while done < steps:
        for chosen in batches(rng.permutation(len(images)), BATCH):
            if done == steps:
                break
            rate = 0.02 if done < steps / 2 else 0.005
            parameters, velocity = step(
                graph, parameters, rest, velocity, images[chosen], labels[chosen], rate
            )
            done += 1
    return nnx.merge(graph, parameters, rest)


def learning_curve(
    model: Any,
    images: np.ndarray,
    labels: np.ndarray,
    held_out: np.ndarray,
    held_out_labels: np.ndarray,
    sizes: list[int],
    steps: int,
    seed: int,
) -> np.ndarray:
    """Accuracy as a function of the number of training images."""
    rows = []
    for n in sizes:
        network = nnx.split(train(model, images[:n], labels[:n], steps, seed), nnx.Param, ...)
        rows.append(
            (
                accuracy(scores_of(*network, images[:n]), labels[:n]),
                accuracy(scores_of(*network, held_out), held_out_labels),
            )
        )
    return np.array(rows)


def diagnosis(curve: np.ndarray, goal: float) -> str:
    """What a learning curve says."""
    seen, held_out = curve[-1]
    if seen < goal:
        return "underfits"
    if seen > held_out + 0.1 and held_out > curve[-2][1]:
        return "more_images"
    return "enough"


ANSWER = "Measured, and concluded from the figures."
