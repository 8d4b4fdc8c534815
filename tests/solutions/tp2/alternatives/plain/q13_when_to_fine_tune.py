"""Question 13, when to fine-tune a network?"""

import math
from functools import partial
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
    known = np.concatenate([first[0::2], second[0::2]])
    origins = np.array([0] * len(first[0::2]) + [1] * len(second[0::2]))
    wrong = int((linear_answers(known, origins, first[1::2]) != 0).sum())
    wrong += int((linear_answers(known, origins, second[1::2]) != 1).sum())
    error = wrong / (len(first) // 2 + len(second) // 2)
    return max(2 * (1 - 2 * error), 0.0)


def fold_accuracies(features: np.ndarray, labels: np.ndarray, folds: int = 5) -> np.ndarray:
    """Cross-validation of the linear head: one accuracy for each fold."""
    accuracies = []
    for fold in range(folds):
        inside = [i for i in range(len(labels)) if i % folds == fold]
        outside = [i for i in range(len(labels)) if i % folds != fold]
        answers = linear_answers(features[outside], labels[outside], features[inside])
        accuracies.append(sum(answers == labels[inside]) / len(inside))
    return np.array(accuracies)


def mean_and_error(accuracies: np.ndarray) -> tuple[float, float]:
    """The mean of k measurements, and the standard error of that mean."""
    values = [float(a) for a in accuracies]
    mean = sum(values) / len(values)
    variance = sum((a - mean) ** 2 for a in values) / (len(values) - 1)
    return mean, math.sqrt(variance / len(values))


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
    known = features_at(model, layers, images)
    new = features_at(model, layers, held_out)
    known["pixels"] = images.reshape(len(images), -1)
    new["pixels"] = held_out.reshape(len(held_out), -1)
    table = {}
    for method in known:
        shares = []
        for n in sizes:
            chosen = []
            for kind in (0, 1):
                chosen += [i for i, label in enumerate(labels) if label == kind][:n]
            answers = linear_answers(known[method][chosen], labels[chosen], new[method])
            shares.append(float((answers == held_out_labels).mean()))
        table[method] = np.array(shares)
    return table


def crossover(sizes: list[int], first: np.ndarray, second: np.ndarray) -> int | None:
    """From how many images on the second method is as good as the first, for good."""
    found = None
    for n, a, b in reversed(list(zip(sizes, first, second, strict=True))):
        if b < a:
            break
        found = n
    return found


def choose(scores: dict, errors: dict, costs: dict) -> str:
    """The cheapest method among those that the measurements do not tell from the best."""
    best = max(scores, key=scores.get)
    good = [name for name in scores if scores[name] >= scores[best] - errors[best]]
    return min(good, key=costs.get)


def recommend(per_class: int, distance: float) -> str:
    """The rule to start from, before any measurement, by amount of data and likeness."""
    if per_class < 500:
        return "last_features" if distance < 1 else "early_features"
    return "fine_tune" if distance < 1 else "train_all"


def decide_and_train(
    model: Network, cuts: list[str], images: np.ndarray, labels: np.ndarray
) -> tuple[str, np.ndarray, float]:
    """Choose where to cut the network by cross-validation, then learn a head there."""
    features = features_at(model, cuts, images)
    best, best_mean = None, -1.0
    for cut in cuts:
        mean, _ = mean_and_error(fold_accuracies(features[cut], labels))
        if mean > best_mean:
            best, best_mean = cut, mean
    weights, bias = linear_head(features[best], labels)
    return best, weights, bias


ANSWER = "Measured, and concluded from the figures."
