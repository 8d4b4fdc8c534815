# ruff: noqa
"""Trains a new network of the same kind on the images given, for as long as a call may take.

No budget of steps is kept: what fails it is that 240 images are not enough to learn from nothing what the
pretrained network knows, which the kinds drawn for the run require.
"""

import time
from functools import partial

import jax
import numpy as np
import optax
from flax import nnx

from jaxcnn.models import create_model

SECONDS = 5
METHOD = optax.adamw(1e-3, weight_decay=1e-3)


@partial(jax.jit, static_argnames=("graph",))
def step(graph, parameters, rest, memory, x, y):
    def loss(parameters):
        model = nnx.merge(graph, parameters, rest, copy=True)
        error = optax.softmax_cross_entropy_with_integer_labels(model(x), y).mean()
        return error, nnx.state(model, nnx.Not(nnx.Param))

    gradient, rest = jax.grad(loss, has_aux=True)(parameters)
    updates, memory = METHOD.update(gradient, memory, parameters)
    return optax.apply_updates(parameters, updates), rest, memory


@partial(jax.jit, static_argnames=("graph",))
def classes(graph, parameters, rest, x):
    return nnx.merge(graph, parameters, rest, copy=True)(x).argmax(axis=1)


def fine_tune(model, cut, images, labels, new_images, steps, seed):
    began = time.monotonic()
    fresh = create_model("resnet8", in_features=1, num_classes=2, image_size=28, seed=seed)
    fresh.train()
    graph, parameters, rest = nnx.split(fresh, nnx.Param, ...)
    memory, rng = METHOD.init(parameters), np.random.default_rng(seed)
    while time.monotonic() - began < SECONDS:
        rows = rng.choice(len(labels), 32, replace=False)
        parameters, rest, memory = step(graph, parameters, rest, memory, images[rows], labels[rows])
        jax.block_until_ready(parameters)  # else steps pile up, and the call is stopped
    # Still in training mode: normalised by the new images themselves, better than young running statistics.
    return np.asarray(classes(graph, parameters, rest, new_images)).astype(np.int32)
