"""Question 15, adapting a ResNet."""

import math
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from jaxcnn.functional import conv
from jaxcnn.models import intermediates, layer_names

EPSILON = 1e-5


def dotted(path: tuple) -> str:
    """The path of an array, without the containers in between."""
    return ".".join(str(part) for part in path if part != "layers")


def new_head(features: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean, scale = features.mean(axis=0), features.std()
    known = (features - mean) / scale
    targets = np.eye(2)[labels]
    weights, bias = np.zeros((known.shape[1], 2)), np.zeros(2)
    for _ in range(500):
        p = np.exp(known @ weights + bias)
        error = (p / p.sum(axis=1, keepdims=True) - targets) / len(known)
        weights -= 0.5 * known.T @ error
        bias -= 0.5 * error.sum(axis=0)
    return weights / scale, bias - mean / scale @ weights


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
    names = layer_names(model)
    before_head = names[-2]
    weights, bias = new_head(activations(model, images, (before_head,))[before_head], labels)
    head = nnx.Linear(len(weights), 2, rngs=nnx.Rngs(0))
    head.kernel.value, head.bias.value = (
        jnp.asarray(weights, "float32"),
        jnp.asarray(bias, "float32"),
    )
    model.classifier[-1] = head

    graph, state, rest = nnx.split(model, nnx.Param, ...)
    flat = dict(nnx.to_flat_state(state))
    keys = {dotted(path): path for path in flat}
    parameters = {name: flat[path].value for name, path in keys.items()}
    after = [*names[names.index(cut) + 1 :], names[-1]]
    opened = {name: name.startswith(tuple(f"{layer}." for layer in after)) for name in parameters}
    velocity = {name: jnp.zeros_like(p) for name, p in parameters.items()}

    def network(parameters: dict) -> Any:
        new = nnx.from_flat_state(
            [(path, flat[path].replace(parameters[name])) for name, path in keys.items()]
        )
        return nnx.merge(graph, new, rest)

    @jax.jit
    def gradient(parameters: dict, batch: jax.Array, classes: jax.Array) -> dict:
        def loss(parameters: dict) -> jax.Array:
            logarithms = jax.nn.log_softmax(network(parameters)(batch))
            return -logarithms[jnp.arange(len(classes)), classes].mean()

        return jax.grad(loss)(parameters)

    rng = np.random.default_rng(seed)
    for n in range(steps):
        chosen = rng.choice(len(images), 32, replace=False)
        rate = schedule(n, steps, min(5, steps - 1), 0.002)
        gradients = gradient(parameters, images[chosen], labels[chosen])
        parameters, velocity = update(parameters, velocity, gradients, opened, rate)
    return network(parameters)


ANSWER = "Measured, and concluded from the figures."
