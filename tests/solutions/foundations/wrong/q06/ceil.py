"""Rounds up, and moves one pixel at a time in an output of the right size."""

import math

import numpy as np


def output_size(size, kernel, padding, stride):
    return math.ceil((size + 2 * padding - kernel) / stride) + 1


def left_over(size, kernel, padding, stride):
    return (size + 2 * padding) % stride


def input_sizes(output, kernel, padding, stride):
    return [(output - 1) * stride + kernel - 2 * padding]


def correlate2d(image, kernel, stride=1, padding=0):
    x = np.pad(image, padding)
    kh, kw = kernel.shape
    h, w = (x.shape[0] - kh) // stride + 1, (x.shape[1] - kw) // stride + 1
    return np.array(
        [[np.sum(x[i : i + kh, j : j + kw] * kernel) for j in range(w)] for i in range(h)],
        np.float32,
    )


def shrink(image, factor):
    return image[::factor, ::factor].copy()
