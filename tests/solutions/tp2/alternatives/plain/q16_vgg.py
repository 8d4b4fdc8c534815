"""Question 16, adapting a VGG."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

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
    *hidden, last = dense_layers(model)
    names = [str(i) for i in range(len(hidden) + 1)]
    maps = activations(model, images, "features").reshape(len(images), -1)
    known = maps
    for layer in hidden:
        known = np.maximum(known @ np.asarray(layer.kernel.value) + np.asarray(layer.bias.value), 0)
    mean, scale = known.mean(axis=0), known.std()
    known, targets = (known - mean) / scale, np.eye(2)[labels]
    weights, bias = np.zeros((known.shape[1], 2)), np.zeros(2)
    for _ in range(500):
        p = np.exp(known @ weights + bias)
        error = (p / p.sum(axis=1, keepdims=True) - targets) / len(known)
        weights -= 0.2 * known.T @ error
        bias -= 0.2 * error.sum(axis=0)
    weights, bias = weights / scale, bias - mean / scale @ weights

    head = {
        name: (layer.kernel.value, layer.bias.value)
        for name, layer in zip(names, hidden, strict=False)
    }
    head[names[-1]] = (jnp.asarray(weights, jnp.float32), jnp.asarray(bias, jnp.float32))

    @jax.jit
    def gradient(head: dict, x: jax.Array, y: jax.Array) -> dict:
        def loss(head: dict) -> jax.Array:
            scores = x
            for name in names:
                scores = scores @ head[name][0] + head[name][1]
                if name != names[-1]:
                    scores = jax.nn.relu(scores)
            return -jax.nn.log_softmax(scores)[jnp.arange(len(y)), y].mean()

        return jax.grad(loss)(head)

    rng = np.random.default_rng(seed)
    velocity = jax.tree.map(jnp.zeros_like, head)
    for n in range(steps):
        chosen = rng.integers(0, len(images), 30)
        gradients = gradient(head, maps[chosen], labels[chosen])
        for name in trained_parts(n, names, max(steps // 6, 1), len(names)):
            velocity[name] = jax.tree.map(lambda v, g: 0.9 * v + g, velocity[name], gradients[name])
            head[name] = jax.tree.map(lambda p, v: p - 0.002 * v, head[name], velocity[name])

    model.classifier[-1] = nnx.Linear(last.kernel.shape[0], 2, rngs=nnx.Rngs(0))
    for name, layer in zip(names, dense_layers(model), strict=True):
        layer.kernel.value, layer.bias.value = head[name]
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
