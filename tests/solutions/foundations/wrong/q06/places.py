"""Divides the places of stride 1; the smallest and largest sizes exchanged; zeros below and on the right."""

import numpy as np


def output_size(size, kernel, padding, stride):
    return (size + 2 * padding - kernel + 1) // stride


def left_over(size, kernel, padding, stride):
    return (size - kernel) % stride


def input_sizes(output, kernel, padding, stride):
    smallest = (output - 1) * stride + kernel - 2 * padding
    return list(range(smallest, smallest + stride - 1))


def correlate2d(image, kernel, stride=1, padding=0):
    x = np.pad(image, ((0, 2 * padding), (0, 2 * padding)))
    kh, kw = kernel.shape
    h, w = (x.shape[0] - kh) // stride + 1, (x.shape[1] - kw) // stride + 1
    y = np.zeros((h, w), np.float32)
    for i in range(h):
        for j in range(w):
            a, b = i * stride, j * stride
            y[i, j] = np.sum(x[a : a + kh, b : b + kw] * kernel)
    return y


def shrink(image, factor):
    k = np.ones((factor, factor)) / factor**2
    return correlate2d(image, k)
