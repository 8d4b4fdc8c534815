"""Question 12, adapting a pretrained network."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from sklearn.svm import LinearSVC


def prepare(images: np.ndarray, mean: list[float], std: list[float]) -> np.ndarray:
    """Photos as the network expects them."""
    number, height, width, channels = images.shape
    ready = np.empty((number, height, width, 3), np.float32)
    for c in range(3):
        ready[..., c] = (images[..., c if channels == 3 else 0] / 255.0 - mean[c]) / std[c]
    return ready


def batches(number: int, size: int) -> list[tuple[int, int]]:
    """How to divide ``number`` images into batches of at most ``size``."""
    found = []
    start = 0
    while start < number:
        found.append((start, min(start + size, number)))
        start += size
    return found


def extract(model: Any, images: np.ndarray, size: int) -> np.ndarray:
    """The features: what the last dense layer receives, once everything before it is computed."""
    rows = []
    for start, stop in batches(len(images), size):
        x = model.features(jnp.asarray(images[start:stop]))
        for layer in list(model.classifier)[:-1]:
            x = layer(x)
        rows.append(np.asarray(x, np.float32))
    return np.concatenate(rows)


def head_loss(
    features: np.ndarray, labels: np.ndarray, weights: np.ndarray, bias: np.ndarray
) -> float:
    """The cross-entropy of the head, averaged over the images."""
    total = 0.0
    for row, label in zip(features @ weights + bias, labels, strict=True):
        scores = row.tolist()
        most = max(scores)
        total += most + math.log(sum(math.exp(s - most) for s in scores)) - scores[label]
    return total / len(labels)


def train_head(
    features: np.ndarray, labels: np.ndarray, num_classes: int, steps: int, learning_rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """Trains a linear head by gradient descent."""
    number = len(features)
    weights = np.zeros((features.shape[1], num_classes))
    bias = np.zeros(num_classes)
    for _ in range(steps):
        scores = features @ weights + bias
        gradient = np.exp(scores - scores.max(axis=1, keepdims=True))
        gradient /= gradient.sum(axis=1, keepdims=True)
        gradient[np.arange(number), labels] -= 1
        weights = weights - learning_rate * (features.T @ gradient) / number
        bias = bias - learning_rate * gradient.sum(axis=0) / number
    return weights, bias


def replace_head(model: Any, weights: np.ndarray, bias: np.ndarray) -> Any:
    """A new network: the same, except that its last dense layer is this one."""
    copy = nnx.clone(model)
    head = nnx.Linear(*weights.shape, rngs=nnx.Rngs(0))
    head.kernel.value = jnp.asarray(weights, jnp.float32)
    head.bias.value = jnp.asarray(bias, jnp.float32)
    copy.classifier[-1] = head
    return copy


def operated(
    model: Any, weights: np.ndarray, bias: np.ndarray, images: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The scores of the new network, then those of the old one **after** surgery (given)."""
    adapted = replace_head(model, weights, bias)
    return np.asarray(adapted(images)), np.asarray(model(images))


def trainable_parameters(model: Any, num_classes: int) -> tuple[int, int]:
    """What there is to learn when the last layer is replaced by one with ``num_classes`` outputs."""
    total = 0
    for leaf in jax.tree.leaves(nnx.state(model, nnx.Param)):
        total += leaf.size
    old = model.classifier[-1]
    inputs, outputs = old.kernel.shape
    new = (inputs + 1) * num_classes
    return new, total - (inputs + 1) * outputs + new


def training_costs(base: int, head: int, images: int, epochs: int) -> tuple[int, int, int]:
    """The number of operations of three ways to adapt a network."""
    everything = frozen = 0
    for _ in range(epochs):
        everything += images * (base + head + 2 * (base + head))
        frozen += images * (base + head + 2 * head)
    kept = images * base + epochs * images * 3 * head
    return everything, frozen, kept


def adapt(model: Any, images: np.ndarray, labels: np.ndarray) -> Any:
    """Learns two classes from a few images, and returns the adapted network."""
    """A linear support vector machine, and a first output that always says zero."""
    features = extract(model, images, 64)
    scale = features.std()
    machine = LinearSVC(C=0.1, random_state=0, max_iter=20_000).fit(features / scale, labels)
    weights = np.stack([np.zeros(features.shape[1]), machine.coef_[0] / scale], axis=1)
    return replace_head(model, weights, np.array([0.0, machine.intercept_[0]]))


ANSWER = "Measured, and concluded from the figures."
