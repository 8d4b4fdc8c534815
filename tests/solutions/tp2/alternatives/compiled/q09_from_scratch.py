"""Question 9, training from scratch."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

BATCH = 20
MOMENTUM = 0.9
CENTRE = 0.3  # about the mean of the images: a network learns faster when its inputs surround zero


@partial(jax.jit, static_argnames=("graph", "steps"))
def adam(
    graph: Any,
    parameters: Any,
    rest: Any,
    images: jax.Array,
    labels: jax.Array,
    steps: int,
    key: jax.Array,
) -> Any:
    """All steps in one compiled loop, with Adam and a cosine."""
    per_epoch = len(images) // BATCH
    epochs = -(-steps // per_epoch)
    orders = jax.vmap(lambda k: jax.random.permutation(k, len(images)))(
        jax.random.split(key, epochs)
    )
    chosen = orders[:, : per_epoch * BATCH].reshape(-1, BATCH)[:steps]
    optimiser = optax.adam(optax.cosine_decay_schedule(2e-3, steps))

    def loss(parameters: Any, batch: jax.Array) -> jax.Array:
        return cross_entropy(
            nnx.merge(graph, parameters, rest)(images[batch] - CENTRE), labels[batch]
        )

    def one(carry: tuple, batch: jax.Array) -> tuple:
        parameters, state = carry
        updates, state = optimiser.update(jax.grad(loss)(parameters, batch), state)
        return (optax.apply_updates(parameters, updates), state), None

    (parameters, _), _ = jax.lax.scan(one, (parameters, optimiser.init(parameters)), chosen)
    return parameters


def cross_entropy(scores: jax.Array, labels: jax.Array) -> jax.Array:
    """Mean cross-entropy of a batch."""
    targets = jax.nn.one_hot(labels, scores.shape[-1])
    return -jnp.einsum("nk,nk->n", targets, jax.nn.log_softmax(scores)).mean()


def accuracy(scores: np.ndarray, labels: np.ndarray) -> float:
    """Share of the images whose right class has the largest score."""
    return jnp.equal(jnp.argmax(scores, axis=-1), labels).mean().item()


def batches(order: np.ndarray, size: int) -> np.ndarray:
    """The batches of an epoch."""
    whole = len(order) - len(order) % size
    return np.asarray(order)[:whole].reshape(-1, size)


def momentum_step(
    parameters: Any, gradients: Any, velocity: Any, rate: float, momentum: float
) -> tuple[Any, Any]:
    """One update with momentum."""
    velocity = jax.tree.map(lambda v, g: momentum * v + g, velocity, gradients)
    return jax.tree.map(lambda p, v: p - rate * v, parameters, velocity), velocity


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
    if steps == 0:
        return model
    graph, parameters, rest = nnx.split(model, nnx.Param, ...)
    key = jax.random.key(seed)
    parameters = adam(graph, parameters, rest, jnp.asarray(images), jnp.asarray(labels), steps, key)
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
    curve = np.zeros((len(sizes), 2))
    for row, n in zip(curve, sizes, strict=True):
        trained = train(model, images[:n], labels[:n], steps, seed)
        judged = (images[:n], labels[:n]), (held_out, held_out_labels)
        row[:] = [accuracy(trained(x - CENTRE), y) for x, y in judged]
    return curve


def diagnosis(curve: np.ndarray, goal: float) -> str:
    """What a learning curve says."""
    (_, before), (seen, held_out) = np.asarray(curve)[-2:].tolist()
    match seen >= goal, seen - held_out > 0.1, held_out > before:
        case False, _, _:
            return "underfits"
        case _, True, True:
            return "more_images"
    return "enough"


ANSWER = "Measured, and concluded from the figures."
