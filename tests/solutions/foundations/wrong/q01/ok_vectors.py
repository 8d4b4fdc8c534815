"""Dot products of flattened arrays, no loop."""

import numpy as np


def response(patch, kernel, bias=0.0):
    return float(np.ravel(patch) @ np.ravel(kernel)) + bias


def neuron(patch, kernel, bias=0.0):
    r = response(patch, kernel, bias)
    return r if r > 0 else 0.0


def favourite_patch(kernel):
    return np.where(kernel > 0, 1.0, 0.0)


def response_range(kernel, bias=0.0):
    white = favourite_patch(kernel)
    return response(favourite_patch(-kernel), kernel, bias), response(white, kernel, bias)


def best_filter(patch, kernels):
    return np.argmax(kernels.reshape(len(kernels), -1) @ patch.reshape(-1))
