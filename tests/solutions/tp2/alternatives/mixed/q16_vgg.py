"""Question 16, adapting a VGG."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from sklearn.linear_model import LogisticRegression

from jaxcnn.functional import conv
from jaxcnn.models import intermediates


def dense_layers(model: Any) -> list:
    return [layer for layer in model.classifier if isinstance(layer, nnx.Linear)]


def size(module: Any) -> int:
    return sum(leaf.size for leaf in jax.tree.leaves(nnx.state(module, nnx.Param)))


def activations(model: Any, images: np.ndarray, name: str) -> np.ndarray:
    """What a layer computes, in batches of 60 images, compiled only once (given)."""
    graph, state = nnx.split(model)
    parts = []
    for start in range(0, len(images), 60):
        part = images[start : start + 60]
        full = np.pad(part, [(0, 60 - len(part)), (0, 0), (0, 0), (0, 0)])
        parts.append(np.asarray(_activations(graph, name, state, full))[: len(part)])
    return np.concatenate(parts)


@partial(jax.jit, static_argnames=("graph", "name"))
def _activations(graph: Any, name: str, state: Any, images: jax.Array) -> jax.Array:
    return intermediates(nnx.merge(graph, state), images, name)[name]


def parameter_counts(model: Any) -> dict[str, int]:
    """Where are the parameters of a VGG?"""
    *hidden, last = dense_layers(model)
    return {
        "features": size(model.features),
        "hidden": sum(size(layer) for layer in hidden),
        "last": size(last),
    }


def learned_anew(model: Any, classes: int, whole_head: bool) -> int:
    """How many parameters start from nothing when the head is changed for ``classes`` classes?"""
    total = 0
    *hidden, last = dense_layers(model)
    total += (last.kernel.shape[0] + 1) * classes
    if whole_head:
        for layer in hidden:
            inputs, outputs = layer.kernel.shape
            total += inputs * outputs + outputs
    return total


def head_on(planned: tuple, image: tuple, blocks: list[tuple]) -> str:
    """What the dense head does when it meets an image of another size."""
    maps = []
    for height, width in (planned, image):
        for _ in blocks:
            height, width = height // 2, width // 2
        maps.append((height, width))
    if maps[0] == maps[1]:
        return "same"
    if maps[0][0] * maps[0][1] == maps[1][0] * maps[1][1]:
        return "scrambled"
    return "fails"


def dropout(x: np.ndarray, uniform: np.ndarray, rate: float, train: bool) -> np.ndarray:
    """ "Inverted" dropout, that of today's libraries."""
    if not train:
        return x
    out = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        if uniform[index] >= rate:
            out[index] = x[index] / (1 - rate)
    return out


def adapt_first_layer(kernel: np.ndarray, channels: int) -> np.ndarray:
    """The kernel of the first convolution, for images with another number of channels."""
    h, w, _, filters = kernel.shape
    if channels == 1:
        return (kernel[:, :, 0] + kernel[:, :, 1] + kernel[:, :, 2]).reshape(h, w, 1, filters)
    new = np.empty((h, w, channels, filters), kernel.dtype)
    for c in range(channels):
        new[:, :, c] = kernel[:, :, c] if c < 3 else kernel.mean(axis=2)
    return new * (3 / channels)


def trained_parts(step: int, parts: list[str], every: int, most: int) -> list[str]:
    """Gradual unfreezing: the parts that are trained at step ``step``."""
    opened = []
    for part in reversed(parts):
        if len(opened) < most and step >= every * len(opened):
            opened.insert(0, part)
    return opened


def fine_tune(model: Any, images: np.ndarray, labels: np.ndarray, steps: int, seed: int) -> Any:
    """Adapts the VGG to two classes, and returns it."""
    """With dropout before each dense layer but the first, and a slow Adam for the whole head at once."""
    last = model.classifier[-1]
    model.classifier[-1] = lambda x: x
    known = activations(model, images, "features")
    features = np.asarray(model.classifier(jnp.asarray(known)))
    mean, scale = features.mean(axis=0), features.std()
    found = LogisticRegression(C=0.05, max_iter=500).fit((features - mean) / scale, labels)
    weights = np.concatenate([-found.coef_, found.coef_]).T / (2 * scale)
    bias = np.concatenate([-found.intercept_, found.intercept_]) / 2 - mean @ weights
    model.classifier[-1] = nnx.Linear(last.in_features, 2, rngs=nnx.Rngs(0))
    model.classifier[-1].kernel.value = jnp.asarray(weights, jnp.float32)
    model.classifier[-1].bias.value = jnp.asarray(bias, jnp.float32)
    head = model.classifier
    optimizer = nnx.Optimizer(head, optax.adam(2e-4), wrt=nnx.Param)

    @nnx.jit
    def train_step(head: Any, optimizer: Any, x: jax.Array, y: jax.Array, key: jax.Array) -> None:
        def loss_fn(head: Any) -> jax.Array:
            scores, first = x, True
            for layer in head:
                if isinstance(layer, nnx.Linear):
                    if not first:
                        kept = jax.random.bernoulli(key, 0.5, scores.shape)
                        scores = jnp.where(kept, scores / 0.5, 0)
                    first = False
                scores = layer(scores)
            return optax.softmax_cross_entropy_with_integer_labels(scores, y).mean()

        optimizer.update(head, nnx.grad(loss_fn)(head))

    key = jax.random.key(seed)
    for n in range(steps):
        for_batch, for_dropout = jax.random.split(jax.random.fold_in(key, n))
        chosen = np.asarray(jax.random.choice(for_batch, len(images), (30,), replace=False))
        train_step(head, optimizer, known[chosen], labels[chosen], for_dropout)
    return model


def wide_scores(
    model: Any, weights: np.ndarray, bias: np.ndarray, image: np.ndarray, shape: tuple
) -> np.ndarray:
    """The score map of an adapted VGG, on an image larger than planned."""
    x = model.features(jnp.asarray(image)[None])[0]
    kernel_shape = shape
    for layer in dense_layers(model)[:-1]:
        kernel = layer.kernel.value.reshape(*kernel_shape, -1)
        x = jnp.maximum(conv(x, kernel, layer.bias.value, padding="valid"), 0)
        kernel_shape = (1, 1, kernel.shape[-1])
    kernel = jnp.asarray(weights).reshape(*kernel_shape, -1)
    return conv(x, kernel, jnp.asarray(bias), padding="valid")


def find_kind(scores: np.ndarray, kind: int, window: int, stride: int) -> tuple:
    """Where in the image is a kind?"""
    rows, columns, kinds = scores.shape
    best, top, left = None, 0, 0
    for i in range(rows):
        for j in range(columns):
            others = [scores[i, j, k] for k in range(kinds) if k != kind]
            evidence = scores[i, j, kind] - max(others)
            if best is None or evidence > best:
                best, top, left = evidence, i * stride, j * stride
    return top, left, top + window, left + window


ANSWER = "Measured, and concluded from the figures."
