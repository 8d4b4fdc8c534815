"""Question 15, adapting a ResNet."""

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from sklearn.linear_model import LogisticRegression

from jaxcnn.functional import conv
from jaxcnn.models import intermediates, layer_names

EPSILON = 1e-5


def activations(model: Any, images: np.ndarray, names: tuple) -> dict[str, np.ndarray]:
    """What some layers compute, in batches of 60 images, compiled only once (given)."""
    graph, state = nnx.split(model)
    parts = []
    for start in range(0, len(images), 60):
        part = images[start : start + 60]
        full = np.pad(part, [(0, 60 - len(part)), (0, 0), (0, 0), (0, 0)])
        found = _activations(graph, tuple(names), state, full)
        parts.append({name: np.asarray(found[name])[: len(part)] for name in names})
    return {name: np.concatenate([part[name] for part in parts]) for name in names}


@partial(jax.jit, static_argnames=("graph", "names"))
def _activations(graph: Any, names: tuple, state: Any, images: jax.Array) -> dict[str, jax.Array]:
    return intermediates(nnx.merge(graph, state), images, names)


def batch_norm(
    x: np.ndarray,
    scale: np.ndarray,
    bias: np.ndarray,
    mean: np.ndarray,
    var: np.ndarray,
    train: bool,
    momentum: float = 0.9,
) -> tuple:
    """Batch normalisation, in both of its modes."""
    if not train:
        return scale * (x - mean) / np.sqrt(var + EPSILON) + bias, mean, var
    values = x.reshape(-1, x.shape[-1]).astype(float)
    batch_mean = values.sum(axis=0) / len(values)
    batch_var = ((values - batch_mean) ** 2).sum(axis=0) / len(values)
    y = scale * (x - batch_mean) / np.sqrt(batch_var + EPSILON) + bias
    return (
        y,
        momentum * mean + (1 - momentum) * batch_mean,
        momentum * var + (1 - momentum) * batch_var,
    )


def residual_block(x: np.ndarray, block: dict) -> np.ndarray:
    """A residual block, its normalisations frozen."""
    stride = block["stride"]
    y = conv(jnp.asarray(x), block["conv1"], strides=stride, padding=1)
    y = jnp.maximum(batch_norm(y, *block["bn1"], train=False)[0], 0)
    y = conv(y, block["conv2"], strides=1, padding=1)
    y = batch_norm(y, *block["bn2"], train=False)[0]
    shortcut = x
    if block["projection"] is not None:
        kernel, bn = block["projection"]
        shortcut = conv(jnp.asarray(x), kernel, strides=stride, padding=0)
        shortcut = batch_norm(shortcut, *bn, train=False)[0]
    return jnp.maximum(y + shortcut, 0)


def chain_jacobian(jacobians: np.ndarray, residual: bool) -> np.ndarray:
    """What becomes of the derivative through a chain of blocks."""
    n = jacobians.shape[1]
    total = np.eye(n)
    for jacobian in jacobians:
        total = (np.eye(n) + jacobian if residual else jacobian) @ total
    return total


def is_open(paths: list[str], stages: list[str], depth: int) -> list[bool]:
    """Which arrays of the network are trained when the last ``depth`` stages are open?"""
    opened = stages[len(stages) - depth :] if depth else []
    answers = []
    for path in paths:
        parts = path.split(".")
        inside = any(parts[: len(stage.split("."))] == stage.split(".") for stage in opened)
        answers.append(inside and parts[-1] not in ("mean", "var"))
    return answers


def update(
    parameters: dict,
    velocity: dict,
    gradients: dict,
    opened: dict,
    rate: float,
    momentum: float = 0.9,
    decay: float = 0.01,
) -> tuple[dict, dict]:
    """One descent step that leaves alone what is frozen."""
    parameters, velocity = dict(parameters), dict(velocity)
    for path, is_trained in opened.items():
        if is_trained:
            p = parameters[path]
            v = momentum * velocity[path] + gradients[path] + decay * p
            parameters[path], velocity[path] = p - rate * v, v
    return parameters, velocity


def updated(
    parameters: dict, velocity: dict, gradients: dict, opened: dict, rate: float
) -> tuple[tuple, tuple]:
    """What ``update`` returns, then what it was given, as that is **afterwards** (given)."""
    new = update(parameters, velocity, gradients, opened, rate)
    return new, (parameters, velocity)


def layer_rates(stages: list[str], peak: float, factor: float) -> dict[str, float]:
    """One learning rate per stage: the nearer to the image, the smaller."""
    rates = {}
    rate = peak
    for stage in reversed(stages):
        rates[stage] = rate
        rate *= factor
    return {stage: rates[stage] for stage in stages}


def schedule(n: int, steps: int, warmup: int, peak: float) -> float:
    """Learning rate of step number ``n`` (from 0 to steps - 1): a warm-up, then a cosine."""
    if n < warmup:
        return peak * (n + 1) / warmup
    return peak * (1 + math.cos(math.pi * (n - warmup) / (steps - warmup))) / 2


def fine_tune(
    model: Any, cut: str, images: np.ndarray, labels: np.ndarray, steps: int, seed: int
) -> Any:
    """Adapts the network to two classes, and returns it."""
    """As Flax's own pages do it; a filter tells the optimiser what is open, and normalisations are not."""
    names = layer_names(model)
    features = activations(model, images, (names[-2],))[names[-2]]
    mean, scale = features.mean(axis=0), features.std()
    found = LogisticRegression(C=0.1, max_iter=500).fit((features - mean) / scale, labels)
    weights = np.concatenate([-found.coef_, found.coef_]).T / (2 * scale)
    bias = np.concatenate([-found.intercept_, found.intercept_]) / 2
    model.classifier[-1] = nnx.Linear(len(weights), 2, rngs=nnx.Rngs(0))
    model.classifier[-1].kernel.value = jnp.asarray(weights, jnp.float32)
    model.classifier[-1].bias.value = jnp.asarray(bias - mean @ weights, jnp.float32)

    after = tuple(f"{name}." for name in (*names[names.index(cut) + 1 :], names[-1]))

    def is_trained(path: tuple, value: Any) -> bool:
        name = ".".join(str(part) for part in path if part != "layers")
        return name.startswith(after) and (name.endswith("kernel") or name.startswith(after[-1]))

    wrt = nnx.All(nnx.Param, is_trained)
    transform = optax.chain(optax.clip_by_global_norm(1.0), optax.sgd(0.01, momentum=0.8))
    optimizer = nnx.Optimizer(model, transform, wrt=wrt)

    @nnx.jit
    def train_step(model: Any, optimizer: Any, x: jax.Array, y: jax.Array) -> None:
        def loss_fn(model: Any) -> jax.Array:
            return optax.softmax_cross_entropy_with_integer_labels(model(x), y).mean()

        optimizer.update(model, nnx.grad(loss_fn, argnums=nnx.DiffState(0, wrt))(model))

    rng = np.random.default_rng(seed)
    for _ in range(steps):
        chosen = rng.choice(len(images), 32, replace=False)
        train_step(model, optimizer, images[chosen], labels[chosen])
    return model


ANSWER = "Measured, and concluded from the figures."
