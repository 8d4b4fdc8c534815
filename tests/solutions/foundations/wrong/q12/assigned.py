"""Writes gradients into place instead of adding them."""

import numpy as np


def winners(x, window, stride):
    rows, columns = (x.shape[0] - window) // stride + 1, (x.shape[1] - window) // stride + 1
    places = np.zeros((rows, columns, x.shape[2], 2), int)
    for i in range(rows):
        for j in range(columns):
            for c in range(x.shape[2]):
                block = x[i * stride : i * stride + window, j * stride : j * stride + window, c]
                places[i, j, c] = np.unravel_index(block.argmax(), block.shape)
    return places


def max_pool_backward(x, upstream, window, stride):
    gradient = np.zeros(x.shape)
    for i in range(upstream.shape[0]):
        for j in range(upstream.shape[1]):
            for c in range(x.shape[2]):
                block = x[i * stride : i * stride + window, j * stride : j * stride + window, c]
                u, v = np.unravel_index(block.argmax(), block.shape)
                gradient[i * stride + u, j * stride + v, c] = upstream[i, j, c]
    return gradient


def avg_pool_backward(shape, upstream, window, stride):
    gradient = np.zeros(shape)
    for i in range(upstream.shape[0]):
        for j in range(upstream.shape[1]):
            gradient[i * stride : i * stride + window, j * stride : j * stride + window] = (
                upstream[i, j] / window**2
            )
    return gradient
