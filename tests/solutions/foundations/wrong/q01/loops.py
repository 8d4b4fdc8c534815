"""The bias inside the loop; ReLU on each product; the last of equal filters."""

import numpy as np


def response(patch, kernel, bias=0.0):
    total = 0.0
    for i in range(patch.shape[0]):
        for j in range(patch.shape[1]):
            total += patch[i, j] * kernel[i, j] + bias
    return float(total)


def neuron(patch, kernel, bias=0.0):
    total = 0.0
    for p, k in zip(patch.flatten(), kernel.flatten(), strict=True):
        total += max(0.0, p * k)
    return float(total + bias)


def favourite_patch(kernel):
    out = np.zeros(kernel.shape)
    for i in range(kernel.shape[0]):
        for j in range(kernel.shape[1]):
            if kernel[i, j] >= 0:
                out[i, j] = 1.0
    return out


def response_range(kernel, bias=0.0):
    largest = float(kernel[kernel > 0].sum() + bias)
    return 0.0, largest


def best_filter(patch, kernels):
    best, found = 0, -1e9
    for i, k in enumerate(kernels):
        r = float((patch * k).sum())
        if r >= found:
            best, found = i, r
    return best
