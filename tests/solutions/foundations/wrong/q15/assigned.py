"""Assigns instead of adding; changes one weight twice."""

import numpy as np


def conv2d(x, kernel, bias):
    high, wide, _, filters = kernel.shape
    y = np.zeros((x.shape[0] - high + 1, x.shape[1] - wide + 1, filters))
    for i, j in np.ndindex(y.shape[:2]):
        y[i, j] = np.tensordot(x[i : i + high, j : j + wide], kernel, axes=3) + bias
    return y


def bias_gradient(upstream):
    return upstream.sum()


def kernel_gradient(x, upstream):
    high, wide = x.shape[0] - upstream.shape[0] + 1, x.shape[1] - upstream.shape[1] + 1
    gradient = np.zeros((high, wide, x.shape[2], upstream.shape[2]))
    for u in range(high):
        for v in range(wide):
            patch = x[u : u + upstream.shape[0], v : v + upstream.shape[1]]
            for f in range(upstream.shape[2]):
                gradient[u, v, :, f] = (patch * upstream[:, :, f : f + 1]).sum()
    return gradient


def input_gradient(kernel, upstream):
    high, wide, channels, _ = kernel.shape
    gradient = np.zeros((upstream.shape[0] + high - 1, upstream.shape[1] + wide - 1, channels))
    for i in range(upstream.shape[0]):
        for j in range(upstream.shape[1]):
            gradient[i : i + high, j : j + wide] = kernel @ upstream[i, j]
    return gradient


def finite_difference(x, kernel, bias, upstream, place, step):
    moved = kernel.astype(float)
    moved[place] += step
    more = (conv2d(x, moved, bias) * upstream).sum()
    moved[place] -= 2 * step
    return more - (conv2d(x, moved, bias) * upstream).sum()
