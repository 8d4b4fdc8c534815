"""Question 8: JAX's dot products on gathered patches, answers in one go."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

sliding_windows = np.lib.stride_tricks.sliding_window_view


def features(image, net):
    """Given: what the trunk gives for an image of any size."""
    border = net["padding"]
    for kernel, bias in net["trunk"]:
        padded = np.pad(image, ((border, border), (border, border), (0, 0)))
        windows = sliding_windows(padded, kernel.shape[:2], axis=(0, 1))
        image = np.maximum(np.einsum("ijchw,hwcf->ijf", windows, kernel) + bias, 0)
        rows, columns = image.shape[0] // 2, image.shape[1] // 2
        image = image[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2, -1).max(axis=(1, 3))
    return image


def classify(image, net):
    """Given: the scores of the original network, for an image of the planned size."""
    x = features(image, net).reshape(-1)
    for weights, bias in net["head"][:-1]:
        x = np.maximum(x @ weights + bias, 0)
    weights, bias = net["head"][-1]
    return x @ weights + bias


def convolutional_head(head, shape):
    (weights, bias), *others = head
    first = jnp.reshape(weights, (*shape, -1))
    return [(np.asarray(first), bias), *((w[np.newaxis, np.newaxis], b) for w, b in others)]


def patches(x, height, width):
    rows = np.arange(x.shape[0] - height + 1)[:, None] + np.arange(height)
    columns = np.arange(x.shape[1] - width + 1)[:, None] + np.arange(width)
    return x[rows[:, None, :, None], columns[None, :, None, :]]


def score_map(feature_map, layers):
    x = jnp.asarray(feature_map)
    for kernel, bias in layers[:-1]:
        x = jax.nn.relu(jnp.einsum("ijuvc,uvcm->ijm", patches(x, *kernel.shape[:2]), kernel) + bias)
    kernel, bias = layers[-1]
    return jnp.einsum("ijuvc,uvcm->ijm", patches(x, *kernel.shape[:2]), kernel) + bias


def map_shape(image_shape, window, stride):
    rows, columns = np.maximum((np.array(image_shape) - window + stride) // stride, 0)
    return int(rows), int(columns)


def sliding_scores(image, net):
    side, stride = net["window"], net["stride"]
    cut = sliding_windows(image, (side, side), axis=(0, 1))[::stride, ::stride]
    cut = np.moveaxis(cut, 2, -1)
    flat = [classify(part, net) for part in cut.reshape(-1, side, side, image.shape[2])]
    return np.reshape(flat, (*cut.shape[:2], -1))


def largest_gap(image, net):
    at_once = score_map(features(image, net), convolutional_head(net["head"], net["shape"]))
    return float(jnp.linalg.norm(jnp.ravel(at_once - sliding_scores(image, net)), jnp.inf))


def locate(scores, label, window, stride):
    chosen = scores[..., label]
    row, column = np.argwhere(chosen == chosen.max())[0]
    corner = np.array([row, column]) * stride
    return tuple(np.concatenate([corner, corner + window]).tolist())


def vgg_score_map(model, image, shape):
    maps = model.features(jnp.asarray(image)[None])
    head = [
        (layer.kernel[...], layer.bias[...])
        for layer in model.classifier
        if isinstance(layer, nnx.Linear)
    ]
    return score_map(maps[0], convolutional_head(head, shape))


ANSWER = "Measured, and concluded from the figures."
