import math

import numpy as np


def field_jump(layers):
    return math.prod(stride for _, stride in layers)


def field_size(layers):
    size = 1
    for kernel, stride in reversed(layers):
        size = (size - 1) * stride + kernel
    return size


def pixels_seen(layers, neuron):
    first = last = neuron
    for kernel, stride in reversed(layers):
        first, last = first * stride, last * stride + kernel - 1
    return first, last


def layers_needed(kernel, size):
    layers = 0
    while 1 + layers * (kernel - 1) < size:
        layers += 1
    return layers


def paths(layers, neuron, pixels):
    counts = np.zeros(neuron + 1, np.int32)
    counts[neuron] = 1
    for kernel, stride in reversed(layers):
        wide = np.zeros((len(counts) - 1) * stride + kernel, np.int32)
        for tap in range(kernel):
            wide[tap : tap + (len(counts) - 1) * stride + 1 : stride] += counts
        counts = wide
    return np.pad(counts, (0, pixels - len(counts)))
