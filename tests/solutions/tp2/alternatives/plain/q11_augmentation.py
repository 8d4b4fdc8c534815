"""Question 11, more data by augmentation."""

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

BATCH = 40
MOMENTUM = 0.9
MOST = 4  # pixels
CENTRE = 0.3  # about the mean of the images: a network learns faster when its inputs surround zero


def flip(images: jax.Array, chosen: jax.Array) -> jax.Array:
    """The mirror image of some images, left and right exchanged."""
    width = images.shape[2]
    straight = jnp.arange(width)
    columns = jnp.where(chosen[:, None], width - 1 - straight, straight)
    return jnp.take_along_axis(images, columns[:, None, :, None], axis=2)


def shift(images: jax.Array, down: jax.Array, right: jax.Array) -> jax.Array:
    """Images shifted by a whole number of pixels."""
    number, height, width, _ = images.shape
    i = jnp.clip(jnp.arange(height) - down[:, None], 0, height - 1)
    j = jnp.clip(jnp.arange(width) - right[:, None], 0, width - 1)
    return images[jnp.arange(number)[:, None, None], i[:, :, None], j[:, None, :]]


def movement(angle: float, zoom: float, shear: float) -> np.ndarray:
    """The matrix of a rotation, an enlargement and a shear."""
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    columns = []
    for row, column in ((1.0, 0.0), (0.0, 1.0)):
        row, column = zoom * row, zoom * column
        column += shear * row
        columns.append((row * cos - column * sin, row * sin + column * cos))
    return np.array(columns).T


def affine(image: jax.Array, matrix: jax.Array) -> jax.Array:
    """An image transformed about its centre."""
    height, width, _ = image.shape
    (a, b), (c, d) = jnp.asarray(matrix, float)
    determinant = a * d - b * c
    middle_row, middle_column = (height - 1) / 2, (width - 1) / 2
    i, j = jnp.mgrid[:height, :width]
    i, j = i - middle_row, j - middle_column
    rows = jnp.clip(middle_row + (d * i - b * j) / determinant, 0, height - 1)
    columns = jnp.clip(middle_column + (a * j - c * i) / determinant, 0, width - 1)
    top, left = jnp.floor(rows).astype(int), jnp.floor(columns).astype(int)
    bottom, right = jnp.minimum(top + 1, height - 1), jnp.minimum(left + 1, width - 1)
    low, beside = (rows - top)[..., None], (columns - left)[..., None]
    above = (1 - beside) * image[top, left] + beside * image[top, right]
    below = (1 - beside) * image[bottom, left] + beside * image[bottom, right]
    return (1 - low) * above + low * below


@jax.jit
def augment(key: jax.Array, images: jax.Array) -> jax.Array:
    """A batch of images, each changed at random."""
    one, two, three = jax.random.split(key, 3)
    number = len(images)
    mirrored = flip(images, jax.random.bernoulli(one, 0.5, (number,)))
    down = jax.random.randint(two, (number,), -MOST, MOST + 1)
    right = jax.random.randint(three, (number,), -MOST, MOST + 1)
    return shift(mirrored, down, right)


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
    velocity = jax.tree.map(jnp.zeros_like, parameters)
    rng = np.random.default_rng(seed)
    key = jax.random.key(seed)
    for n in range(steps):
        chosen = rng.choice(len(images), BATCH, replace=False)
        batch = images[chosen]
        if augmented:
            batch = augment(jax.random.fold_in(key, n), batch)
        rate = 0.02 * (1 - n / steps)
        parameters, velocity = step(graph, parameters, rest, velocity, batch, labels[chosen], rate)
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
    table = []
    for seed in seeds:
        row = []
        for augmented in (False, True):
            network = train(model, images, labels, steps, seed, augmented)
            scores = scores_of(*nnx.split(network, nnx.Param, ...), held_out)
            row.append(float(np.mean(np.argmax(scores, axis=1) == held_out_labels)))
        table.append(row)
    return np.array(table)


def worth_it(plain: np.ndarray, augmented: np.ndarray) -> str:
    """What these measurements allow to say."""
    differences = [float(b) - float(a) for a, b in zip(plain, augmented, strict=True)]
    n = len(differences)
    mean = sum(differences) / n
    variance = sum((d - mean) ** 2 for d in differences) / (n - 1)
    error = math.sqrt(variance / n)
    if mean > 2 * error:
        return "yes"
    if -mean > 2 * error:
        return "no"
    return "unclear"


ANSWER = "Measured, and concluded from the figures."
