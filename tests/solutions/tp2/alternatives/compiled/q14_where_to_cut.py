"""Question 14, where to cut the network."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from jaxcnn.models import intermediates

BATCH = 60  # images computed at a time
CELLS = 4  # cells of a map along each axis, in `cut_and_train`


@partial(jax.jit, static_argnames=("graph", "names"))
def one_pass(graph: Any, state: Any, images: jax.Array, names: tuple) -> dict:
    return intermediates(nnx.merge(graph, state), images, names)


def averages(size: int, cells: int) -> np.ndarray:
    """The matrix (cells, size) that takes the mean of each cell along one axis."""
    bounds = np.arange(cells + 1) * size // cells
    position = np.arange(size)
    inside = (bounds[:-1, None] <= position) & (position < bounds[1:, None])
    return (inside / inside.sum(axis=1, keepdims=True)).astype(np.float32)


@jax.jit
def dual(features: jax.Array, targets: jax.Array, penalty: float) -> tuple[jax.Array, jax.Array]:
    mean, offset = features.mean(axis=0), targets.mean()
    x = features - mean
    products = jnp.einsum("if,jf->ij", x, x) + penalty * jnp.eye(len(x))
    weights = x.T @ jax.scipy.linalg.solve(products, targets - offset, assume_a="pos")
    return weights, offset - mean @ weights


def score(learn: tuple, judge: tuple) -> np.ndarray:
    """For each image of ``judge``, whether a probe that learned from ``learn`` is right."""
    known, new = standardised(learn[0], judge[0])
    weights, bias = ridge(known, learn[1], 0.3 * known.shape[-1])
    return (new @ np.asarray(weights) + bias > 0) == (judge[1] == 1)


def activations(model: Any, names: list[str], images: np.ndarray) -> list[np.ndarray]:
    """What comes out of the layers ``names``, computed in batches of at most ``BATCH`` images."""
    graph, state = nnx.split(model)
    parts = [
        one_pass(graph, state, images[start : start + BATCH], tuple(names))
        for start in range(0, len(images), BATCH)
    ]
    whole = jax.tree.map(lambda *arrays: np.concatenate(arrays), *parts)
    return [whole[name] for name in names]


def pooled(maps: np.ndarray, cells: int) -> np.ndarray:
    """A map of any size, summarised by a few means for each channel."""
    match maps.shape:
        case _, _:
            return maps
        case number, h, w, _:
            rows, columns = averages(h, cells), averages(w, cells)
            means = jnp.einsum("ih,nhwc,jw->nijc", rows, maps, columns)
            return np.asarray(means).reshape(number, -1)


def standardised(known: np.ndarray, new: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The features, centred and scaled with the statistics of the training images."""
    mean, std = known.mean(axis=0), known.std(axis=0)
    scale = np.where(std > 0, std, 1)
    return tuple((x - mean) / scale for x in (known, new))


def ridge(features: np.ndarray, labels: np.ndarray, penalty: float) -> tuple[np.ndarray, float]:
    """The linear classifier of the probe, without iterating."""
    weights, bias = dual(features, np.where(labels > 0, 1.0, -1.0), penalty)
    return weights, bias.item()


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
    known, new = (activations(model, names, x) for x in (images, held_out))
    return np.array(
        [
            score((pooled(a, cells), labels), (pooled(b, cells), held_out_labels)).mean()
            for a, b in zip(known, new, strict=True)
        ]
    )


def parameters_up_to(model: Any, names: list[str]) -> list[int]:
    """How many parameters are kept by a cut at each layer."""
    paths, counts = [], []
    for part, sequence in model.named_layers():
        paths += [f"{part}.{name}" for name in sequence.names]
        counts += [
            sum(x.size for x in jax.tree.leaves(nnx.state(layer, nnx.Param)))
            if isinstance(layer, nnx.Module)
            else 0
            for layer in sequence
        ]
    kept = dict(zip(paths, np.cumsum(counts).tolist(), strict=True))
    return [*map(kept.__getitem__, names)]


def best_cut(accuracies: list[float], sizes: list[int], number: int) -> int:
    """The cut to take: the smallest of the good ones."""
    a = np.asarray(accuracies, float)
    top = a.max()
    good = np.flatnonzero(a >= top - np.sqrt(top * (1 - top) / number))
    return int(min(good, key=lambda i: (sizes[i], -a[i], i)))


def frozen(paths: list[str], order: list[str], cut: str) -> list[str]:
    """What stays frozen when the network is fine-tuned above a cut."""
    *trunk, _head = order
    level = {name: i for i, name in enumerate(order)}
    prefixes = tuple(f"{name}." for name in trunk if level[name] <= level[cut])
    return list(filter(lambda path: path.startswith(prefixes), paths))


def generality(old: list[float], new: list[float], old_classes: int, new_classes: int) -> list:
    """How far each cut serves the new task as well as the old one."""

    def merit(shares: list[float], classes: int) -> np.ndarray:
        return (classes * np.asarray(shares) - 1) / (classes - 1)

    return (merit(new, new_classes) / merit(old, old_classes)).tolist()


def cut_and_train(
    model: Any, names: list[str], images: np.ndarray, labels: np.ndarray
) -> tuple[str, np.ndarray, float]:
    """Chooses where to cut, and learns a head there."""
    features = {
        n: pooled(x, CELLS) for n, x in zip(names, activations(model, names, images), strict=True)
    }
    part = np.arange(len(labels)) % 5

    def share(x: np.ndarray) -> float:
        folds = [(part != k, part == k) for k in range(5)]
        return np.concatenate(
            [score((x[a], labels[a]), (x[b], labels[b])) for a, b in folds]
        ).mean()

    name = max(names, key=lambda n: share(features[n]))
    x = features[name]
    weights, bias = ridge(standardised(x, x)[0], labels, 0.3 * x.shape[1])
    # The head is affine: its bias is its answer to zero, its weights the changes from there.
    std = x.std(axis=0)
    weights = np.asarray(weights) / np.where(std > 0, std, 1)
    return name, weights, bias - float(x.mean(axis=0) @ weights)


ANSWER = "Measured, and concluded from the figures."
