"""Question 11, more data by augmentation."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jax.scipy.ndimage import map_coordinates

BATCH = 40
MOMENTUM = 0.9
MOST = 4  # pixels
CENTRE = 0.3  # about the mean of the images: a network learns faster when its inputs surround zero


@partial(jax.jit, static_argnames=("graph", "steps", "augmented"))
def adam(
    graph: Any,
    parameters: Any,
    rest: Any,
    images: jax.Array,
    labels: jax.Array,
    key: jax.Array,
    steps: int,
    augmented: bool,
) -> Any:
    """All steps in one compiled loop; batches are drawn with replacement."""
    optimiser = optax.adam(optax.linear_schedule(3e-3, 3e-4, steps))

    def loss(parameters: Any, batch: jax.Array, classes: jax.Array) -> jax.Array:
        scores = nnx.merge(graph, parameters, rest)(batch - CENTRE)
        return optax.softmax_cross_entropy_with_integer_labels(scores, classes).mean()

    def one(carry: tuple, key: jax.Array) -> tuple:
        parameters, state = carry
        for_batch, for_images = jax.random.split(key)
        chosen = jax.random.randint(for_batch, (BATCH,), 0, len(images))
        batch = augment(for_images, images[chosen]) if augmented else images[chosen]
        gradients = jax.grad(loss)(parameters, batch, labels[chosen])
        updates, state = optimiser.update(gradients, state)
        return (optax.apply_updates(parameters, updates), state), None

    start = parameters, optimiser.init(parameters)
    return jax.lax.scan(one, start, jax.random.split(key, steps))[0][0]


def flip(images: jax.Array, chosen: jax.Array) -> jax.Array:
    """The mirror image of some images, left and right exchanged."""
    return jnp.where(chosen[:, None, None, None], images[:, :, ::-1], images)


def shift(images: jax.Array, down: jax.Array, right: jax.Array) -> jax.Array:
    """Images shifted by a whole number of pixels."""

    def one(image: jax.Array, d: jax.Array, r: jax.Array) -> jax.Array:
        rows = jnp.arange(image.shape[0]) - d
        columns = jnp.arange(image.shape[1]) - r
        return image.take(rows, axis=0, mode="clip").take(columns, axis=1, mode="clip")

    return jax.vmap(one)(images, down, right)


def movement(angle: float, zoom: float, shear: float) -> np.ndarray:
    """The matrix of a rotation, an enlargement and a shear."""
    turn = np.exp(1j * np.deg2rad(angle))
    rotation = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return rotation @ np.array([[1, 0], [shear, 1]]) @ (zoom * np.eye(2))


def affine(image: jax.Array, matrix: jax.Array) -> jax.Array:
    """An image transformed about its centre."""
    last = jnp.array(image.shape[:2])[:, None, None] - 1
    offsets = jnp.indices(image.shape[:2]) - last / 2
    sources = jnp.einsum("ab,bij->aij", jnp.linalg.inv(matrix), offsets) + last / 2
    sources = jnp.clip(sources, 0, last)
    interpolate = partial(map_coordinates, coordinates=list(sources), order=1, mode="nearest")
    return jax.vmap(interpolate, in_axes=-1, out_axes=-1)(image)


def augment(key: jax.Array, images: jax.Array) -> jax.Array:
    """A batch of images, each changed at random."""
    """Each image gets a key, is mirrored or not, then cut out of itself with a wider edge."""

    def one(key: jax.Array, image: jax.Array) -> jax.Array:
        for_side, for_corner = jax.random.split(key)
        image = jnp.where(jax.random.uniform(for_side) < 0.5, jnp.fliplr(image), image)
        wide = jnp.pad(image, ((MOST, MOST), (MOST, MOST), (0, 0)), mode="edge")
        corner = jax.random.randint(for_corner, (2,), 0, 2 * MOST + 1)
        return jax.lax.dynamic_slice(wide, (*corner, 0), image.shape)

    return jax.vmap(one)(jax.random.split(key, len(images)), images)


@partial(jax.jit, static_argnames="graph")
def scores_of(graph: Any, parameters: Any, rest: Any, images: jax.Array) -> jax.Array:
    """The scores (number, classes) of a network taken apart by ``nnx.split`` (given)."""
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
    """One training step on a batch, with momentum: new weights, new velocities (given)."""

    def loss(parameters: Any) -> jax.Array:
        logarithms = jax.nn.log_softmax(nnx.merge(graph, parameters, rest)(images - CENTRE))
        return -jnp.take_along_axis(logarithms, labels[:, None], axis=1).mean()

    gradients = jax.grad(loss)(parameters)
    velocity = jax.tree.map(lambda v, g: MOMENTUM * v + g, velocity, gradients)
    return jax.tree.map(lambda p, v: p - rate * v, parameters, velocity), velocity


def train(
    model: Any, images: np.ndarray, labels: np.ndarray, steps: int, seed: int, augmented: bool
) -> Any:
    """Trains a network, with or without augmentation, and returns it."""
    graph, parameters, rest = nnx.split(model, nnx.Param, ...)
    if steps > 0:
        known = jnp.asarray(images), jnp.asarray(labels)
        parameters = adam(graph, parameters, rest, *known, jax.random.key(seed), steps, augmented)
    return nnx.merge(graph, parameters, rest)


def gain(
    model: Any,
    images: np.ndarray,
    labels: np.ndarray,
    held_out: np.ndarray,
    held_out_labels: np.ndarray,
    steps: int,
    seeds: list[int],
) -> np.ndarray:
    """Measures what augmentation brings, once for each seed."""

    def share(seed: int, augmented: bool) -> float:
        network = train(model, images, labels, steps, seed, augmented)
        answers = network(jnp.asarray(held_out) - CENTRE).argmax(axis=1)
        return (answers == held_out_labels).mean().item()

    return np.array([[share(seed, augmented) for augmented in (False, True)] for seed in seeds])


def worth_it(plain: np.ndarray, augmented: np.ndarray) -> str:
    """What these measurements allow to say."""
    d = np.asarray(augmented) - np.asarray(plain)
    two_errors = 2 * d.std(ddof=1) / np.sqrt(d.size)
    return "yes" if d.mean() > two_errors else "no" if d.mean() < -two_errors else "unclear"


ANSWER = "Measured, and concluded from the figures."
