"""Question 16, adapting a VGG."""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxcnn.models import intermediates


@dataclass(frozen=True)
class Head:
    """The widths of the dense layers, from the first inputs to the last outputs."""

    widths: tuple[int, ...]

    @classmethod
    def of(cls, model: Any) -> "Head":
        layers = [x for x in model.classifier if isinstance(x, nnx.Linear)]
        return cls((layers[0].in_features, *(x.out_features for x in layers)))

    def sizes(self, classes: int | None = None) -> list[int]:
        widths = self.widths if classes is None else (*self.widths[:-1], classes)
        return [(n + 1) * m for n, m in pairwise(widths)]


def cross_entropy(scores: jax.Array, labels: jax.Array) -> jax.Array:
    return optax.softmax_cross_entropy_with_integer_labels(scores, labels).mean()


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
    *hidden, last = Head.of(model).sizes()
    everything = sum(x.size for x in jax.tree.leaves(nnx.state(model, nnx.Param)))
    return {"last": last, "hidden": sum(hidden), "features": everything - sum(hidden) - last}


def learned_anew(model: Any, classes: int, whole_head: bool) -> int:
    """How many parameters start from nothing when the head is changed for ``classes`` classes?"""
    sizes = Head.of(model).sizes(classes)
    return sum(sizes if whole_head else sizes[-1:])


def head_on(planned: tuple, image: tuple, blocks: list[tuple]) -> str:
    """What the dense head does when it meets an image of another size."""
    made_for, given = (np.array(x) >> len(blocks) for x in (planned, image))
    if (made_for == given).all():
        return "same"
    return "scrambled" if made_for.prod() == given.prod() else "fails"


def dropout(x: np.ndarray, uniform: np.ndarray, rate: float, train: bool) -> np.ndarray:
    """ "Inverted" dropout, that of today's libraries."""
    return jnp.where(uniform >= rate, jnp.asarray(x) / (1 - rate), 0) if train else x


def adapt_first_layer(kernel: np.ndarray, channels: int) -> np.ndarray:
    """The kernel of the first convolution, for images with another number of channels."""
    if channels == 1:
        return jnp.einsum("hwcf->hwf", kernel)[:, :, None]
    added = jnp.repeat(kernel.mean(axis=2, keepdims=True), channels - 3, axis=2)
    return jnp.concatenate([kernel, added], axis=2) * 3 / channels


def trained_parts(step: int, parts: list[str], every: int, most: int) -> list[str]:
    """Gradual unfreezing: the parts that are trained at step ``step``."""
    number = min(1 + step // every, most, len(parts))
    return parts[len(parts) - number :]


def fine_tune(model: Any, images: np.ndarray, labels: np.ndarray, steps: int, seed: int) -> Any:
    """Adapts the VGG to two classes, and returns it."""
    """Everything after the convolutions, by Adam, in one compiled loop."""
    labels = jnp.asarray(labels)
    maps = jnp.asarray(activations(model, images, "features"))
    features = model.classifier[:-1](maps)
    mean, scale = features.mean(axis=0), features.std()
    head = nnx.Linear(features.shape[1], 2, rngs=nnx.Rngs(seed))
    # By least squares with a penalty, which has one answer and needs no steps.
    known = (features - mean) / scale
    targets = jax.nn.one_hot(labels, 2) - 0.5
    gram = known.T @ known + 0.1 * len(known) * jnp.eye(known.shape[1])
    weights = jnp.linalg.solve(gram, known.T @ (targets - targets.mean(axis=0)))
    weights = 4 * weights / scale
    head.kernel[...] = weights
    head.bias[...] = 4 * targets.mean(axis=0) - mean @ weights
    model.classifier[-1] = head
    graph, parameters, rest = nnx.split(model.classifier, nnx.Param, ...)
    optimiser = optax.adamw(2e-4, weight_decay=1e-4)

    def one(carry: tuple, key: jax.Array) -> tuple:
        parameters, state = carry
        chosen = jax.random.randint(key, (32,), 0, len(maps))

        def loss(parameters: Any) -> jax.Array:
            return cross_entropy(nnx.merge(graph, parameters, rest)(maps[chosen]), labels[chosen])

        updates, state = optimiser.update(jax.grad(loss)(parameters), state, parameters)
        return (optax.apply_updates(parameters, updates), state), None

    if steps:
        keys = jax.random.split(jax.random.key(seed), steps)
        scan = jax.jit(lambda carry: jax.lax.scan(one, carry, keys)[0][0])
        nnx.update(model.classifier, scan((parameters, optimiser.init(parameters))))
    return model


def wide_scores(
    model: Any, weights: np.ndarray, bias: np.ndarray, image: np.ndarray, shape: tuple
) -> np.ndarray:
    """The score map of an adapted VGG, on an image larger than planned."""
    hidden = [x for x in model.classifier if isinstance(x, nnx.Linear)][:-1]
    features = model.features(jnp.asarray(image)[None])[0]
    windows = jnp.stack(
        [
            features[
                i : features.shape[0] - shape[0] + 1 + i, j : features.shape[1] - shape[1] + 1 + j
            ]
            for i in range(shape[0])
            for j in range(shape[1])
        ],
        axis=2,
    )
    x = windows.reshape(*windows.shape[:2], -1)
    for layer in hidden:
        x = jax.nn.relu(layer(x))
    return x @ weights + bias


def find_kind(scores: np.ndarray, kind: int, window: int, stride: int) -> tuple:
    """Where in the image is a kind?"""
    others = np.delete(scores, kind, axis=-1).max(axis=-1)
    row, column = divmod(int(np.argmax(scores[..., kind] - others)), scores.shape[1])
    return (row * stride, column * stride, row * stride + window, column * stride + window)


ANSWER = "Measured, and concluded from the figures."
