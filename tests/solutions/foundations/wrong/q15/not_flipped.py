"""Correlates with the kernel as it is."""

import numpy as np


def conv2d(x, kernel, bias):
    high, wide, _, filters = kernel.shape
    y = np.zeros((x.shape[0] - high + 1, x.shape[1] - wide + 1, filters))
    for i, j in np.ndindex(y.shape[:2]):
        y[i, j] = np.tensordot(x[i : i + high, j : j + wide], kernel, axes=3) + bias
    return y


def bias_gradient(upstream):
    return upstream.mean(axis=(0, 1))


def kernel_gradient(x, upstream):
    high, wide = x.shape[0] - upstream.shape[0] + 1, x.shape[1] - upstream.shape[1] + 1
    gradient = np.zeros((high, wide, x.shape[2], upstream.shape[2]))
    for i in range(upstream.shape[0]):
        for j in range(upstream.shape[1]):
            gradient = x[i : i + high, j : j + wide, :, None] * upstream[i, j]
    return gradient


def input_gradient(kernel, upstream):
    high, wide, channels, _ = kernel.shape
    padded = np.pad(upstream, ((high - 1, high - 1), (wide - 1, wide - 1), (0, 0)))
    return conv2d(padded, np.swapaxes(kernel, 2, 3), np.zeros(channels))


def finite_difference(x, kernel, bias, upstream, place, step):
    moved = kernel.astype(float)
    moved[place] += step
    more = (conv2d(x, moved, bias) * upstream).sum()
    return (more - (conv2d(x, kernel, bias) * upstream).sum()) / (2 * step)
