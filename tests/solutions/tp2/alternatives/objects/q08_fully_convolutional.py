"""Question 8: a layer that convolves, a window that slides."""

from dataclasses import dataclass
from functools import reduce

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


@dataclass
class Convolution:
    kernel: np.ndarray
    bias: np.ndarray

    def __call__(self, x):
        height, width = self.kernel.shape[:2]
        rows, columns = x.shape[0] - height + 1, x.shape[1] - width + 1
        terms = (
            x[u : u + rows, v : v + columns] @ self.kernel[u, v]
            for u in range(height)
            for v in range(width)
        )
        return self.bias + sum(terms)


def convolutional_head(head, shape):
    def kernel(number, weights):
        return weights.reshape(*(shape if number == 0 else (1, 1, len(weights))), -1)

    return [(kernel(number, weights), bias) for number, (weights, bias) in enumerate(head)]


def score_map(feature_map, layers):
    first, *others = (Convolution(*layer) for layer in layers)
    return reduce(lambda x, layer: layer(x.clip(0)), others, first(feature_map))


@dataclass
class Slider:
    window: int
    stride: int

    def starts(self, size):
        return range(0, size - self.window + 1, self.stride)

    def box(self, row, column):
        top, left = row * self.stride, column * self.stride
        return top, left, top + self.window, left + self.window


def map_shape(image_shape, window, stride):
    rows, columns = map(len, map(Slider(window, stride).starts, image_shape))
    return rows, columns


def sliding_scores(image, net):
    slider = Slider(net["window"], net["stride"])
    tops, lefts = map(slider.starts, image.shape[:2])
    side = slider.window
    return np.stack(
        [[classify(image[t : t + side, l : l + side], net) for l in lefts] for t in tops]  # noqa: E741
    )


def largest_gap(image, net):
    maps = (
        sliding_scores(image, net),
        score_map(features(image, net), convolutional_head(net["head"], net["shape"])),
    )
    return float(np.ptp(np.stack(maps), axis=0).max())


def locate(scores, label, window, stride):
    rows, columns = scores.shape[:2]
    best = max(range(rows * columns), key=lambda n: scores[n // columns, n % columns, label])
    return Slider(window, stride).box(*divmod(best, columns))


def vgg_score_map(model, image, shape):
    head = [
        (np.array(layer.kernel.get_value()), np.array(layer.bias.get_value()))
        for layer in model.classifier
        if isinstance(layer, nnx.Linear)
    ]
    maps = np.squeeze(np.array(model.features(np.expand_dims(image, 0))), 0)
    return score_map(maps, convolutional_head(head, shape))


ANSWER = "Measured, and concluded from the figures."
