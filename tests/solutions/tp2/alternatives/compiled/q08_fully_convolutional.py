"""Question 8, a fully convolutional network."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

sliding_windows = np.lib.stride_tricks.sliding_window_view


def slide(x: jax.Array, kernel: jax.Array) -> jax.Array:
    return jax.lax.conv_general_dilated(
        x, jnp.asarray(kernel), (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def features(image: np.ndarray, net: dict) -> np.ndarray:
    """What the trunk gives for an image of any size (given)."""
    border = net["padding"]
    for kernel, bias in net["trunk"]:
        padded = np.pad(image, ((border, border), (border, border), (0, 0)))
        windows = sliding_windows(padded, kernel.shape[:2], axis=(0, 1))
        image = np.maximum(np.einsum("ijchw,hwcf->ijf", windows, kernel) + bias, 0)
        rows, columns = image.shape[0] // 2, image.shape[1] // 2
        image = image[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2, -1).max(axis=(1, 3))
    return image


def classify(image: np.ndarray, net: dict) -> np.ndarray:
    """The scores (classes,) of the original network, for an image of the planned size (given)."""
    x = features(image, net).reshape(-1)
    for weights, bias in net["head"][:-1]:
        x = np.maximum(x @ weights + bias, 0)
    weights, bias = net["head"][-1]
    return x @ weights + bias


def convolutional_head(head: list[tuple], shape: tuple) -> list[tuple]:
    """The dense layers of a head, turned into convolutions."""
    (weights, bias), *others = head
    first = (jnp.asarray(weights).reshape(*shape, -1), bias)
    return [first, *((jnp.asarray(w)[None, None], b) for w, b in others)]


def score_map(feature_map: np.ndarray, layers: list[tuple]) -> np.ndarray:
    """The map of scores: the convolutions of the head, applied to a map of any size."""
    x = jnp.asarray(feature_map)[None]
    for kernel, bias in layers[:-1]:
        x = jax.nn.relu(slide(x, kernel) + bias)
    kernel, bias = layers[-1]
    return (slide(x, kernel) + bias)[0]


def map_shape(image_shape: tuple, window: int, stride: int) -> tuple[int, int]:
    """Number of rows and columns of the score map of an image."""
    rows, columns = (max(0, (n - window) // stride + 1) for n in image_shape)
    return rows, columns


def sliding_scores(image: np.ndarray, net: dict) -> np.ndarray:
    """The same map, the old way: the original network applied window after window."""
    stride, side = net["stride"], net["window"]
    windows = sliding_windows(image, (side, side), axis=(0, 1))[::stride, ::stride]
    windows = np.moveaxis(windows, 2, -1)
    rows, columns = windows.shape[:2]
    flat = map(classify, windows.reshape(-1, side, side, image.shape[-1]), [net] * rows * columns)
    return np.stack([*flat]).reshape(rows, columns, -1)


def largest_gap(image: np.ndarray, net: dict) -> float:
    """The largest difference, in absolute value, between the two maps."""
    once = score_map(features(image, net), convolutional_head(net["head"], net["shape"]))
    return jnp.abs(once - sliding_scores(image, net)).max()


def locate(scores: np.ndarray, label: int, window: int, stride: int) -> tuple[int, int, int, int]:
    """The window of the image that looks most like a class."""
    corner = np.unravel_index(np.argmax(scores[..., label]), scores.shape[:2])
    top, left = (int(n) * stride for n in corner)
    return top, left, top + window, left + window


def vgg_score_map(model: Any, image: np.ndarray, shape: tuple) -> np.ndarray:
    """The score map of a real VGG, on a larger image than planned."""
    linear = filter(lambda layer: isinstance(layer, nnx.Linear), model.classifier)
    layers = convolutional_head(
        [(layer.kernel.get_value(), layer.bias.get_value()) for layer in linear], shape
    )
    return score_map(model.features(jnp.asarray(image)[None])[0], layers)
