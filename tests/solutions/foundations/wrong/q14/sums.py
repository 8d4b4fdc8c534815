"""Adds strides up, and counts whole kernels."""

import math

import numpy as np


def field_jump(layers):
    return sum(s for _, s in layers) if layers else 1


def field_size(layers):
    return 1 + sum(k - 1 for k, _ in layers)


def pixels_seen(layers, neuron):
    return neuron, neuron + field_size(layers) - 1


def layers_needed(kernel, size):
    return math.ceil(size / kernel)


def paths(layers, neuron, pixels):
    counts = np.zeros(pixels, int)
    counts[neuron] = 1
    for k, _ in reversed(layers):
        new = np.zeros(pixels, int)
        for p in range(pixels):
            for u in range(k):
                if p + u < pixels:
                    new[p + u] += counts[p]
        counts = new
    return counts
