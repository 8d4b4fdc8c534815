"""Question 8, a fully convolutional network."""

from typing import Any

import numpy as np
from flax import nnx

sliding_windows = np.lib.stride_tricks.sliding_window_view


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
    layers = []
    for number, (weights, bias) in enumerate(head):
        inputs = shape if number == 0 else (1, 1, weights.shape[0])
        layers.append((weights.reshape(*inputs, weights.shape[1]), bias))
    return layers


def score_map(feature_map: np.ndarray, layers: list[tuple]) -> np.ndarray:
    """The map of scores: the convolutions of the head, applied to a map of any size."""
    for number, (kernel, bias) in enumerate(layers):
        if number > 0:
            feature_map = np.maximum(feature_map, 0)
        h, w, _, units = kernel.shape
        weights = kernel.reshape(-1, units).astype(float)
        out = np.empty((feature_map.shape[0] - h + 1, feature_map.shape[1] - w + 1, units))
        for i in range(out.shape[0]):
            for j in range(out.shape[1]):
                out[i, j] = feature_map[i : i + h, j : j + w].reshape(-1) @ weights + bias
        feature_map = out
    return feature_map


def map_shape(image_shape: tuple, window: int, stride: int) -> tuple[int, int]:
    """Number of rows and columns of the score map of an image."""
    height, width = image_shape
    return (
        len(range(0, height - window + 1, stride)),
        len(range(0, width - window + 1, stride)),
    )


def sliding_scores(image: np.ndarray, net: dict) -> np.ndarray:
    """The same map, the old way: the original network applied window after window."""
    side, stride = net["window"], net["stride"]
    rows, columns = map_shape(image.shape[:2], side, stride)
    lines = []
    for i in range(0, rows * stride, stride):
        lines.append(
            [
                classify(image[i : i + side, j : j + side], net)
                for j in range(0, columns * stride, stride)
            ]
        )
    return np.array(lines)


def largest_gap(image: np.ndarray, net: dict) -> float:
    """The largest difference, in absolute value, between the two maps."""
    fast = score_map(features(image, net), convolutional_head(net["head"], net["shape"]))
    slow = sliding_scores(image, net)
    return max(abs(float(a) - float(b)) for a, b in zip(fast.flat, slow.flat, strict=True))


def locate(scores: np.ndarray, label: int, window: int, stride: int) -> tuple[int, int, int, int]:
    """The window of the image that looks most like a class."""
    best, place = None, (0, 0)
    for i, line in enumerate(scores[:, :, label].tolist()):
        for j, score in enumerate(line):
            if best is None or score > best:
                best, place = score, (i, j)
    top, left = place[0] * stride, place[1] * stride
    return top, left, top + window, left + window


def vgg_score_map(model: Any, image: np.ndarray, shape: tuple) -> np.ndarray:
    """The score map of a real VGG, on a larger image than planned."""
    head = [
        (np.asarray(layer.kernel[...]), np.asarray(layer.bias[...]))
        for layer in model.classifier
        if isinstance(layer, nnx.Linear)
    ]
    maps = np.asarray(model.features(image[None]))[0]
    return score_map(maps, convolutional_head(head, shape))
