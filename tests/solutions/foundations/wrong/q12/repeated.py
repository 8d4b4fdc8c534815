"""Blows the gradient up by repetition, as though windows lay side by side."""

import numpy as np


def winners(x, window, stride):
    rows, columns = (x.shape[0] - window) // stride + 1, (x.shape[1] - window) // stride + 1
    places = np.zeros((rows, columns, x.shape[2], 2), int)
    for i in range(rows):
        for j in range(columns):
            for c in range(x.shape[2]):
                block = x[i * stride : i * stride + window, j * stride : j * stride + window, c]
                u, v = np.unravel_index(np.abs(block).argmax(), block.shape)
                places[i, j, c] = i * stride + u, j * stride + v
    return places


def max_pool_backward(x, upstream, window, stride):
    wide = np.repeat(np.repeat(upstream, window, axis=0), window, axis=1)
    gradient = np.zeros(x.shape)
    gradient[: wide.shape[0], : wide.shape[1]] = wide[: x.shape[0], : x.shape[1]]
    return gradient


def avg_pool_backward(shape, upstream, window, stride):
    wide = np.repeat(np.repeat(upstream, window, axis=0), window, axis=1) / window
    gradient = np.zeros(shape)
    gradient[: wide.shape[0], : wide.shape[1]] = wide[: shape[0], : shape[1]]
    return gradient
