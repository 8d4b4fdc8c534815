"""Question 10, classical methods."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from jaxcnn.models import Network, intermediates

CELL, BINS = 7, 9


@partial(jax.jit, static_argnames=("cell", "bins"))
def histogram(image: jax.Array, cell: int, bins: int) -> jax.Array:
    grey = image.mean(axis=-1)
    gx = jnp.zeros_like(grey).at[:, 1:-1].set(grey[:, 2:] - grey[:, :-2])
    gy = jnp.zeros_like(grey).at[1:-1].set(grey[2:] - grey[:-2])
    k = jnp.floor(jnp.mod(jnp.arctan2(gy, gx), jnp.pi) / (jnp.pi / bins)).astype(int) % bins
    lengths = jnp.hypot(gx, gy)[..., None] * jax.nn.one_hot(k, bins)
    rows, columns = grey.shape[0] // cell, grey.shape[1] // cell
    kept = lengths[: rows * cell, : columns * cell].reshape(rows, cell, columns, cell, bins)
    counts = kept.sum(axis=(1, 3)).ravel()
    norm = jnp.linalg.norm(counts)
    return counts / jnp.where(norm > 0, norm, 1)


@partial(jax.jit, static_argnames=("graph", "layer"))
def layer_output(graph: Any, state: Any, images: jax.Array, layer: str) -> jax.Array:
    """What the layer ``layer`` of a network computes (given)."""
    return intermediates(nnx.merge(graph, state), images, [layer])[layer]


def vectors(images: np.ndarray) -> np.ndarray:
    """The pixels of each image, laid out in one line."""
    return images.reshape(len(images), -1)


def standardise(train: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both arrays, each column centred and scaled."""
    scaler = StandardScaler().fit(train)
    return scaler.transform(train), scaler.transform(new)


def orientations(images: np.ndarray, cell: int = CELL, bins: int = BINS) -> np.ndarray:
    """Histograms of the orientations of the gradient, cell by cell."""
    return jax.vmap(partial(histogram, cell=cell, bins=bins))(jnp.asarray(images))


def network_features(model: Network, images: np.ndarray, layer: str, batch: int = 60) -> np.ndarray:
    """What a layer of a network computes for each image, laid out in one line."""
    split = nnx.split(model)
    missing = -len(images) % batch  # full batches only, so that one program does for all
    full = np.concatenate([images, np.zeros((missing, *images.shape[1:]), images.dtype)])
    parts = np.split(full, len(full) // batch)
    found = np.concatenate([layer_output(*split, part, layer) for part in parts])
    return found[: len(images)].reshape(len(images), -1)


def svm_predict(train: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The classes of new images, by a support vector machine."""
    return make_pipeline(StandardScaler(), SVC(C=10)).fit(train, labels).predict(new)


def forest_predict(train: np.ndarray, labels: np.ndarray, new: np.ndarray, seed: int) -> np.ndarray:
    """The classes of new images, by a random forest of 100 trees."""
    return RandomForestClassifier(random_state=seed).fit(train, labels).predict(new)


def compare(
    model: Network,
    layer: str,
    images: np.ndarray,
    labels: np.ndarray,
    held_out: np.ndarray,
    held_out_labels: np.ndarray,
    seed: int,
) -> dict[str, dict[str, float]]:
    """The accuracy of each method, for each description of the images."""
    descriptions: dict[str, Callable] = {
        "features": lambda x: network_features(model, x, layer),
        "orientations": orientations,
        "pixels": vectors,
    }
    methods = {"svm": svm_predict, "forest": partial(forest_predict, seed=seed)}

    def share(method: Callable, describe: Callable) -> float:
        answers = method(describe(images), labels, describe(held_out))
        return float(np.mean(answers == held_out_labels))

    return {
        name: {key: share(method, describe) for key, describe in descriptions.items()}
        for name, method in methods.items()
    }


def mcnemar(first_right: np.ndarray, second_right: np.ndarray) -> float:
    """McNemar's statistic of two classifiers judged on the same images."""
    difference = np.asarray(first_right, int) - np.asarray(second_right, int)
    disagreements = np.abs(difference).sum()
    return float(max(abs(difference.sum()) - 1, 0) ** 2 / max(disagreements, 1))


def better(first_right: np.ndarray, second_right: np.ndarray) -> str:
    """Which of two classifiers the measurements allow to prefer."""
    sign = np.sign(np.mean(first_right) - np.mean(second_right))
    known = mcnemar(first_right, second_right) >= 3.84
    return {1: "first", -1: "second"}[int(sign)] if known else "undecided"


ANSWER = "Measured, and concluded from the figures."
