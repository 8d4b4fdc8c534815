"""Takes every patch for a square, and pixels for -1 or 1."""

import numpy as np


def response(patch, kernel, bias=0.0):
    n = len(patch)
    return float(sum(patch[i, j] * kernel[i, j] for i in range(n) for j in range(n)) + bias)


def neuron(patch, kernel, bias=0.0):
    r = float((patch * kernel).sum() + bias)
    return 1.0 if r > 0 else 0.0


def favourite_patch(kernel):
    return np.sign(kernel)


def response_range(kernel, bias=0.0):
    largest = float(np.abs(kernel).sum())
    return -largest + bias, largest + bias


def best_filter(patch, kernels):
    return int(np.argmax((kernels * patch).max(axis=(1, 2))))
