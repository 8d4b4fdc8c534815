"""Question 14, where to cut the network."""

import math
from typing import Any

import jax
import numpy as np
from flax import nnx
from sklearn.linear_model import Ridge

from jaxcnn.models import intermediates

BATCH = 60  # images computed at a time
CELLS = 4  # cells of a map along each axis, in `cut_and_train`


def statistics(known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    deviation = np.std(known, axis=0)
    deviation[deviation == 0] = 1
    return np.mean(known, axis=0), deviation


def probe(known: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    known, new = standardised(known, new)
    weights, bias = ridge(known, labels, 0.3 * known.shape[1])
    return (new @ weights + bias > 0).astype(int)


def activations(model: Any, names: list[str], images: np.ndarray) -> list[np.ndarray]:
    """What comes out of the layers ``names``, computed in batches of at most ``BATCH`` images."""
    found = {name: [] for name in names}
    for start in range(0, len(images), BATCH):
        part = intermediates(model, images[start : start + BATCH], names)
        for name in names:
            found[name].append(np.asarray(part[name]))
    return [np.concatenate(found[name]) for name in names]


def pooled(maps: np.ndarray, cells: int) -> np.ndarray:
    """A map of any size, summarised by a few means for each channel."""
    if maps.ndim == 2:
        return maps
    h, w = maps.shape[1:3]
    columns = []
    for i in range(cells):
        for j in range(cells):
            cell = maps[
                :, i * h // cells : (i + 1) * h // cells, j * w // cells : (j + 1) * w // cells
            ]
            columns.append(cell.mean(axis=(1, 2)))
    return np.concatenate(columns, axis=1)


def standardised(known: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The features, centred and scaled with the statistics of the training images."""
    mean, deviation = statistics(known)
    return (known - mean) / deviation, (new - mean) / deviation


def ridge(features: np.ndarray, labels: np.ndarray, penalty: float) -> tuple[np.ndarray, float]:
    """The linear classifier of the probe, without iterating."""
    found = Ridge(alpha=penalty).fit(features.astype(float), 2.0 * labels - 1)
    return found.coef_, float(found.intercept_)


def probe_curve(
    model: Any,
    names: list[str],
    images: np.ndarray,
    labels: np.ndarray,
    held_out: np.ndarray,
    held_out_labels: np.ndarray,
    cells: int,
) -> np.ndarray:
    """Accuracy of a probe placed at each cut."""
    shares = []
    both = zip(activations(model, names, images), activations(model, names, held_out), strict=True)
    for known, new in both:
        answers = probe(pooled(known, cells), labels, pooled(new, cells))
        shares.append(float((answers == held_out_labels).mean()))
    return np.array(shares)


def parameters_up_to(model: Any, names: list[str]) -> list[int]:
    """How many parameters are kept by a cut at each layer."""
    total = 0
    kept = {}
    for part, layers in model.named_layers():
        for name, layer in zip(layers.names, layers, strict=True):
            if isinstance(layer, nnx.Module):
                total += sum(leaf.size for leaf in jax.tree.leaves(nnx.state(layer, nnx.Param)))
            kept[f"{part}.{name}"] = total
    return [kept[name] for name in names]


def best_cut(accuracies: list[float], sizes: list[int], number: int) -> int:
    """The cut to take: the smallest of the good ones."""
    best = max(accuracies)
    least = best - math.sqrt(best * (1 - best) / number)
    chosen = None
    for i, (accuracy, size) in enumerate(zip(accuracies, sizes, strict=True)):
        if accuracy < least:
            continue
        if (
            chosen is None
            or size < sizes[chosen]
            or (size == sizes[chosen] and accuracy > accuracies[chosen])
        ):
            chosen = i
    return chosen


def frozen(paths: list[str], order: list[str], cut: str) -> list[str]:
    """What stays frozen when the network is fine-tuned above a cut."""
    kept = order[: order.index(cut) + 1]
    if order[-1] in kept:
        kept.remove(order[-1])
    return [path for path in paths if any(path.startswith(name + ".") for name in kept)]


def generality(old: list[float], new: list[float], old_classes: int, new_classes: int) -> list:
    """How far each cut serves the new task as well as the old one."""
    ratios = []
    for a, b in zip(old, new, strict=True):
        merit_old = (a - 1 / old_classes) / (1 - 1 / old_classes)
        merit_new = (b - 1 / new_classes) / (1 - 1 / new_classes)
        ratios.append(merit_new / merit_old)
    return ratios


def cut_and_train(
    model: Any, names: list[str], images: np.ndarray, labels: np.ndarray
) -> tuple[str, np.ndarray, float]:
    """Chooses where to cut, and learns a head there."""
    summaries = [pooled(maps, CELLS) for maps in activations(model, names, images)]
    parts = np.arange(len(images)) % 5
    shares = []
    for known in summaries:
        right = 0
        for part in range(5):
            answers = probe(known[parts != part], labels[parts != part], known[parts == part])
            right += int((answers == labels[parts == part]).sum())
        shares.append(right / len(images))
    best = best_cut(shares, parameters_up_to(model, names), len(images))
    known = summaries[best]
    mean, deviation = statistics(known)
    weights, bias = ridge((known - mean) / deviation, labels, 0.3 * known.shape[1])
    weights = weights / deviation
    return names[best], weights, float(bias - mean @ weights)


ANSWER = "Measured, and concluded from the figures."
