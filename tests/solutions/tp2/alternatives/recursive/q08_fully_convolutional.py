"""Question 8: a head is a layer and a head."""

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
    if not head:
        return []
    (weights, bias), *others = head
    units = len(bias)
    return [
        (np.stack([w.reshape(shape) for w in weights.T], axis=-1), bias),
        *convolutional_head(others, (1, 1, units)),
    ]


def score_map(feature_map, layers):
    (kernel, bias), *others = layers
    height, width = kernel.shape[:2]
    rows, columns = feature_map.shape[0] - height + 1, feature_map.shape[1] - width + 1
    found = np.empty((rows, columns, len(bias)), np.result_type(feature_map, kernel))
    for i, j in np.ndindex(rows, columns):
        block = feature_map[i : i + height, j : j + width].ravel()
        found[i, j] = block @ kernel.reshape(-1, len(bias)) + bias
    return score_map(np.where(found > 0, found, 0), others) if others else found


def map_shape(image_shape, window, stride):
    def places(size):
        return 1 + places(size - stride) if size >= window else 0

    height, width = image_shape
    return places(height), places(width)


def sliding_scores(image, net):
    side, stride = net["window"], net["stride"]
    found = []
    top = 0
    while top + side <= image.shape[0]:
        row, left = [], 0
        while left + side <= image.shape[1]:
            row.append(classify(image[top : top + side, left : left + side], net))
            left += stride
        found.append(row)
        top += stride
    return np.array(found)


def largest_gap(image, net):
    layers = convolutional_head(net["head"], net["shape"])
    away = score_map(features(image, net), layers) - sliding_scores(image, net)
    return float(max(away.max(), -away.min()))


def locate(scores, label, window, stride):
    best, place = None, (0, 0)
    for row, line in enumerate(scores[..., label].tolist()):
        for column, score in enumerate(line):
            if best is None or score > best:
                best, place = score, (row, column)
    top, left = (stride * n for n in place)
    return top, left, top + window, left + window


def vgg_score_map(model, image, shape):
    maps = np.asarray(model.features(image[None]))[0]
    dense = filter(lambda layer: isinstance(layer, nnx.Linear), model.classifier)
    head = [(np.asarray(layer.kernel[...]), np.asarray(layer.bias[...])) for layer in dense]
    return score_map(maps, convolutional_head(head, shape))


ANSWER = "Measured, and concluded from the figures."
