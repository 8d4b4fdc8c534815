"""Question 13, when to fine-tune a network?"""

from functools import partial
from itertools import accumulate
from typing import Any

import jax
import numpy as np
from flax import nnx

from jaxcnn.models import Network, intermediates

BATCH = 60


@partial(jax.jit, static_argnames=("graph", "layers"))
def layer_outputs(graph: Any, state: Any, images: jax.Array, layers: tuple) -> dict:
    """What several layers of a network compute, in one pass (given)."""
    return intermediates(nnx.merge(graph, state), images, layers)


def features_at(model: Network, layers: list[str], images: np.ndarray) -> dict[str, np.ndarray]:
    """For each layer, what it computes for each image, laid out in one line (given)."""
    graph, state = nnx.split(model)
    rows: dict[str, list] = {layer: [] for layer in layers}
    for start in range(0, len(images), BATCH):
        part = images[start : start + BATCH]
        padded = np.pad(part, ((0, BATCH - len(part)), (0, 0), (0, 0), (0, 0)))
        found = layer_outputs(graph, state, padded, tuple(layers))
        for layer in layers:
            rows[layer].append(np.asarray(found[layer]).reshape(BATCH, -1)[: len(part)])
    return {layer: np.concatenate(parts) for layer, parts in rows.items()}


def linear_head(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, float]:
    """A linear head learned from (features, labels) (given)."""
    mean = features.mean(axis=0)
    known = features - mean
    targets = np.where(labels == 1, 1.0, -1.0)
    products = known @ known.T
    penalty = 0.1 * np.trace(products) / len(known) + 1e-12
    solved = np.linalg.solve(products + penalty * np.eye(len(known)), targets - targets.mean())
    weights = known.T @ solved
    return weights, float(targets.mean() - mean @ weights)


def linear_answers(features: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The answers for ``new`` of a linear head learned from (features, labels) (given)."""
    weights, bias = linear_head(features, labels)
    return (new @ weights + bias > 0).astype(np.int32)


def domain_distance(first: np.ndarray, second: np.ndarray) -> float:
    """How well two sets of images can be told apart (the A-distance of Ben-David et al.)."""
    rows = np.concatenate([first, second])
    origin = np.repeat([0, 1], [len(first), len(second)])
    odd = np.concatenate([np.arange(len(first)), np.arange(len(second))]) % 2 == 1
    e = np.mean(linear_answers(rows[~odd], origin[~odd], rows[odd]) != origin[odd])
    return np.maximum(0, 2 - 4 * e)


def fold_accuracies(features: np.ndarray, labels: np.ndarray, folds: int = 5) -> np.ndarray:
    """Cross-validation of the linear head: one accuracy for each fold."""
    fold = np.arange(len(labels)) % folds

    def share(k: int) -> float:
        learn, judge = fold != k, fold == k
        answers = linear_answers(features[learn], labels[learn], features[judge])
        return np.mean(answers == labels[judge])

    return np.fromiter(map(share, range(folds)), float)


def mean_and_error(accuracies: np.ndarray) -> tuple[float, float]:
    """The mean of k measurements, and the standard error of that mean."""
    return np.mean(accuracies), np.std(accuracies, ddof=1) / np.sqrt(len(accuracies))


def accuracy_table(
    model: Network,
    layers: list[str],
    images: np.ndarray,
    labels: np.ndarray,
    held_out: np.ndarray,
    held_out_labels: np.ndarray,
    sizes: list[int],
) -> dict[str, np.ndarray]:
    """The accuracy of each method, by number of images to learn from."""

    def described(x: np.ndarray) -> dict[str, np.ndarray]:
        return {"pixels": x.reshape(len(x), -1)} | features_at(model, layers, x)

    rank = np.where(labels == 1, np.cumsum(labels == 1), np.cumsum(labels == 0))  # within its class
    known, new = described(images), described(held_out)
    return {
        method: np.array(
            [
                np.mean(
                    linear_answers(known[method][rank <= n], labels[rank <= n], new[method])
                    == held_out_labels
                )
                for n in sizes
            ]
        )
        for method in known
    }


def crossover(sizes: list[int], first: np.ndarray, second: np.ndarray) -> int | None:
    """From how many images on the second method is as good as the first, for good."""
    holds = np.asarray(second) >= np.asarray(first)
    for_good = [*accumulate(holds[::-1], np.logical_and)][::-1]
    return next((n for n, yes in zip(sizes, for_good, strict=True) if yes), None)


def choose(scores: dict, errors: dict, costs: dict) -> str:
    """The cheapest method among those that the measurements do not tell from the best."""
    best, error = max((score, errors[name]) for name, score in scores.items())
    return min((costs[name], name) for name in scores if scores[name] >= best - error)[1]


def recommend(per_class: int, distance: float) -> str:
    """The rule to start from, before any measurement, by amount of data and likeness."""
    rules = {
        (True, True): "last_features",
        (True, False): "early_features",
        (False, True): "fine_tune",
        (False, False): "train_all",
    }
    return rules[per_class < 500, distance < 1]


def decide_and_train(
    model: Network, cuts: list[str], images: np.ndarray, labels: np.ndarray
) -> tuple[str, np.ndarray, float]:
    """Choose where to cut the network by cross-validation, then learn a head there."""
    features = {cut: rows.astype(float) for cut, rows in features_at(model, cuts, images).items()}
    means = [fold_accuracies(features[cut], labels, 5).mean() for cut in cuts]
    best = cuts[int(np.argmax(means))]
    return (best, *linear_head(features[best], labels))


ANSWER = "Measured, and concluded from the figures."
