"""Question 10, classical methods."""

import math
from functools import partial
from typing import Any

import jax
import numpy as np
from flax import nnx
from sklearn.ensemble import RandomForestClassifier
from sklearn.svm import SVC

from jaxcnn.models import Network, intermediates

CELL, BINS = 7, 9


@partial(jax.jit, static_argnames=("graph", "layer"))
def layer_output(graph: Any, state: Any, images: jax.Array, layer: str) -> jax.Array:
    """What the layer ``layer`` of a network computes (given)."""
    return intermediates(nnx.merge(graph, state), images, [layer])[layer]


def vectors(images: np.ndarray) -> np.ndarray:
    """The pixels of each image, laid out in one line."""
    return np.array([image.ravel() for image in images])


def standardise(train: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both arrays, each column centred and scaled."""
    train, new = train.astype(float), new.astype(float)
    for column in range(train.shape[1]):
        mean, deviation = train[:, column].mean(), train[:, column].std()
        constant = (train[:, column] == train[0, column]).all()
        for array in (train, new):
            array[:, column] -= mean
            if not constant:
                array[:, column] /= deviation
    return train, new


def orientations(images: np.ndarray, cell: int = CELL, bins: int = BINS) -> np.ndarray:
    """Histograms of the orientations of the gradient, cell by cell."""
    descriptors = []
    for image in images:
        grey = image.mean(axis=2).tolist()
        height, width = len(grey), len(grey[0])
        rows, columns = height // cell, width // cell
        counts = np.zeros((rows, columns, bins))
        for i in range(rows * cell):
            for j in range(columns * cell):
                gx = grey[i][j + 1] - grey[i][j - 1] if 0 < j < width - 1 else 0.0
                gy = grey[i + 1][j] - grey[i - 1][j] if 0 < i < height - 1 else 0.0
                angle = math.atan2(gy, gx) % math.pi
                k = min(int(angle * bins / math.pi), bins - 1)
                counts[i // cell, j // cell, k] += math.hypot(gx, gy)
        norm = math.sqrt((counts**2).sum())
        descriptors.append(counts.ravel() / norm if norm > 0 else counts.ravel())
    return np.array(descriptors)


def network_features(model: Network, images: np.ndarray, layer: str, batch: int = 60) -> np.ndarray:
    """What a layer of a network computes for each image, laid out in one line."""
    graph, state = nnx.split(model)
    rows = []
    start = 0
    while start < len(images):
        outputs = layer_output(graph, state, images[start : start + batch], layer)
        rows.extend(np.asarray(output).reshape(-1) for output in outputs)
        start += batch
    return np.array(rows)


def svm_predict(train: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The classes of new images, by a support vector machine."""
    train, new = standardise(train, new)
    machine = SVC(C=10)
    machine.fit(train, labels)
    return machine.predict(new)


def forest_predict(train: np.ndarray, labels: np.ndarray, new: np.ndarray, seed: int) -> np.ndarray:
    """The classes of new images, by a random forest of 100 trees."""
    train, new = standardise(train, new)
    forest = RandomForestClassifier(n_estimators=100, random_state=seed)
    forest.fit(train, labels)
    return forest.predict(new)


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
    described = {
        "pixels": (vectors(images), vectors(held_out)),
        "orientations": (orientations(images, CELL, BINS), orientations(held_out, CELL, BINS)),
        "features": (
            network_features(model, images, layer),
            network_features(model, held_out, layer),
        ),
    }
    results = {"svm": {}, "forest": {}}
    for name, (train, new) in described.items():
        for method in results:
            if method == "svm":
                answers = svm_predict(train, labels, new)
            else:
                answers = forest_predict(train, labels, new, seed)
            results[method][name] = sum(answers == held_out_labels) / len(held_out_labels)
    return results


def mcnemar(first_right: np.ndarray, second_right: np.ndarray) -> float:
    """McNemar's statistic of two classifiers judged on the same images."""
    b = c = 0
    for one, two in zip(first_right, second_right, strict=True):
        if one and not two:
            b += 1
        if two and not one:
            c += 1
    return max(abs(b - c) - 1, 0) ** 2 / (b + c) if b + c else 0.0


def better(first_right: np.ndarray, second_right: np.ndarray) -> str:
    """Which of two classifiers the measurements allow to prefer."""
    if mcnemar(first_right, second_right) < 3.84:
        return "undecided"
    return "first" if sum(first_right) > sum(second_right) else "second"


ANSWER = "Measured, and concluded from the figures."
