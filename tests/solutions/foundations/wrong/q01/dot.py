"""np.dot for a dot product, the loudest filter whatever its sign."""

import numpy as np


def response(patch, kernel, bias=0.0):
    return float(np.sum(np.dot(patch, kernel)) + bias)


def neuron(patch, kernel, bias=0.0):
    return max(response(patch, kernel), 0.0) + bias


def favourite_patch(kernel):
    return np.clip(kernel, 0, 1).astype(np.float64) if kernel.max() <= 1 else np.maximum(kernel, 0)


def response_range(kernel, bias=0.0):
    return float(kernel.min()) + bias, float(kernel.max()) + bias


def best_filter(patch, kernels):
    best, found = 0, 0.0
    for i in range(len(kernels)):
        r = abs(response(patch, kernels[i]))
        if r > found:
            best, found = i, r
    return best
