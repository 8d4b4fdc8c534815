"""Compares each pixel with the maximum of its window."""

import numpy as np


def winners(x, window, stride):
    rows, columns = (x.shape[0] - window) // stride + 1, (x.shape[1] - window) // stride + 1
    places = np.zeros((rows, columns, x.shape[2], 2), int)
    for i in range(rows):
        for j in range(columns):
            for c in range(x.shape[2]):
                best = -np.inf
                for u in range(i * stride, i * stride + window):
                    for v in range(j * stride, j * stride + window):
                        if x[u, v, c] >= best:
                            best = x[u, v, c]
                            places[i, j, c] = u, v
    return places


def max_pool_backward(x, upstream, window, stride):
    gradient = np.zeros(x.shape)
    for i in range(upstream.shape[0]):
        for j in range(upstream.shape[1]):
            block = x[i * stride : i * stride + window, j * stride : j * stride + window]
            mask = block == block.max(axis=(0, 1))
            gradient[i * stride : i * stride + window, j * stride : j * stride + window] += (
                mask * upstream[i, j]
            )
    return gradient


def avg_pool_backward(shape, upstream, window, stride):
    gradient = np.zeros(shape)
    for i in range(upstream.shape[0]):
        for j in range(upstream.shape[1]):
            gradient[i * stride : i * stride + window, j * stride : j * stride + window] += (
                upstream[i, j]
            )
    return gradient
