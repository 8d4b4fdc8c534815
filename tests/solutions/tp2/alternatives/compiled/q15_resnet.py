"""Question 15, adapting a ResNet."""

from functools import partial, reduce
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxcnn.functional import conv
from jaxcnn.models import intermediates, layer_names

EPSILON = 1e-5


def cross_entropy(scores: jax.Array, labels: jax.Array) -> jax.Array:
    return optax.softmax_cross_entropy_with_integer_labels(scores, labels).mean()


def layer_named(model: Any, name: str) -> Any:
    part, *path = name.split(".")
    return reduce(lambda sequence, key: sequence[key], path, getattr(model, part))


@partial(jax.jit, static_argnames=("steps",))
def learned_head(x: jax.Array, labels: jax.Array, steps: int = 200) -> tuple:
    mean, scale = x.mean(axis=0), x.std()
    known = (x - mean) / scale
    optimiser = optax.adam(0.05)

    def objective(head: tuple) -> jax.Array:
        return cross_entropy(known @ head[0] + head[1], labels) + 1e-4 * (head[0] ** 2).sum()

    def one(_: int, carry: tuple) -> tuple:
        head, state = carry
        updates, state = optimiser.update(jax.grad(objective)(head), state)
        return optax.apply_updates(head, updates), state

    head = jnp.zeros((x.shape[1], 2)), jnp.zeros(2)
    (weights, bias), _ = jax.lax.fori_loop(0, steps, one, (head, optimiser.init(head)))
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
    used = (jnp.mean(x, axis=(0, 1, 2)), jnp.var(x, axis=(0, 1, 2))) if train else (mean, var)
    y = (x - used[0]) * (scale * jax.lax.rsqrt(jnp.asarray(used[1] + EPSILON))) + bias
    if train:
        mean, var = jax.tree.map(
            lambda old, new: old + (1 - momentum) * (new - old), (mean, var), used
        )
    return y, mean, var


def residual_block(x: np.ndarray, block: dict) -> np.ndarray:
    """A residual block, its normalisations frozen."""

    def layer(x: jax.Array, kernel: jax.Array, bn: tuple, strides: int) -> jax.Array:
        y = conv(x, jnp.asarray(kernel), strides=strides, padding=kernel.shape[0] // 2)
        return batch_norm(y, *bn, False)[0]

    x, stride = jnp.asarray(x), block["stride"]
    shortcut = x if block["projection"] is None else layer(x, *block["projection"], stride)
    main = jax.nn.relu(layer(x, block["conv1"], block["bn1"], stride))
    return jax.nn.relu(layer(main, block["conv2"], block["bn2"], 1) + shortcut)


def chain_jacobian(jacobians: np.ndarray, residual: bool) -> np.ndarray:
    """What becomes of the derivative through a chain of blocks."""

    def chain(x: jax.Array) -> jax.Array:
        def block(x: jax.Array, jacobian: jax.Array) -> tuple:
            return residual * x + jacobian @ x, None

        return jax.lax.scan(block, x, jnp.asarray(jacobians))[0]

    return jax.jacfwd(chain)(jnp.zeros(jacobians.shape[-1]))


def is_open(paths: list[str], stages: list[str], depth: int) -> list[bool]:
    """Which arrays of the network are trained when the last ``depth`` stages are open?"""
    opened = tuple(f"{stage}." for stage in list(reversed(stages))[:depth])
    return [
        f"{path}.".startswith(opened) and not path.endswith((".mean", ".var")) for path in paths
    ]


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

    def one(p: Any, v: Any, g: Any, is_trained: bool) -> tuple:
        if not is_trained:
            return p, v
        v = momentum * v + g + decay * p
        return p - rate * v, v

    new = {k: one(parameters[k], velocity[k], gradients[k], opened[k]) for k in parameters}
    return {k: p for k, (p, _) in new.items()}, {k: v for k, (_, v) in new.items()}


def updated(
    parameters: dict, velocity: dict, gradients: dict, opened: dict, rate: float
) -> tuple[tuple, tuple]:
    """What ``update`` returns, then what it was given, as that is **afterwards** (given)."""
    new = update(parameters, velocity, gradients, opened, rate)
    return new, (parameters, velocity)


def layer_rates(stages: list[str], peak: float, factor: float) -> dict[str, float]:
    """One learning rate per stage: the nearer to the image, the smaller."""
    return {stage: peak * factor**above for above, stage in enumerate(reversed(stages))}


def schedule(n: int, steps: int, warmup: int, peak: float) -> float:
    """Learning rate of step number ``n`` (from 0 to steps - 1): a warm-up, then a cosine."""
    decay = optax.cosine_decay_schedule(1.0, steps - warmup)
    return peak * ((n + 1) / warmup if n < warmup else float(decay(n - warmup)))


def fine_tune(
    model: Any, cut: str, images: np.ndarray, labels: np.ndarray, steps: int, seed: int
) -> Any:
    """Adapts the network to two classes, and returns it."""
    """What is frozen is computed once; Adam moves what comes after it."""
    names, labels = layer_names(model), jnp.asarray(labels)
    found = activations(model, images, (cut, names[-2]))
    weights, bias = learned_head(found[names[-2]], labels)
    head = nnx.Linear(*weights.shape, rngs=nnx.Rngs(seed))
    head.kernel.set_value(weights)
    head.bias.set_value(bias)
    model.classifier[names[-1].rpartition(".")[2]] = head
    if steps == 0:
        return model
    opened = names[names.index(cut) + 1 :]
    tail = nnx.Sequential(*(layer_named(model, name) for name in opened))
    graph, parameters, rest = nnx.split(tail, nnx.Param, ...)
    optimiser = optax.adam(optax.warmup_cosine_decay_schedule(0, 1e-3, steps // 5, steps))

    @jax.jit
    def tuned(parameters: Any, known: jax.Array, key: jax.Array) -> Any:
        def one(carry: tuple, key: jax.Array) -> tuple:
            parameters, state = carry
            chosen = jax.random.choice(key, len(known), (30,), replace=False)

            def loss(parameters: Any) -> jax.Array:
                return cross_entropy(
                    nnx.merge(graph, parameters, rest)(known[chosen]), labels[chosen]
                )

            updates, state = optimiser.update(jax.grad(loss)(parameters), state, parameters)
            return (optax.apply_updates(parameters, updates), state), None

        start = parameters, optimiser.init(parameters)
        return jax.lax.scan(one, start, jax.random.split(key, steps))[0][0]

    nnx.update(tail, tuned(parameters, jnp.asarray(found[cut]), jax.random.key(seed)))
    return model


ANSWER = "Measured, and concluded from the figures."
