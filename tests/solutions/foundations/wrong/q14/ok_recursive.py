"""Counts by calling itself, from the neuron down to the pixels."""

import numpy as np


def field_jump(layers):
    return 1 if not layers else layers[0][1] * field_jump(layers[1:])


def field_size(layers):
    size = 1
    for kernel, stride in reversed(layers):
        size = (size - 1) * stride + kernel
    return size


def pixels_seen(layers, neuron):
    first = last = neuron
    for kernel, stride in reversed(layers):
        first, last = first * stride, last * stride + kernel - 1
    return [first, last]


def layers_needed(kernel, size):
    number = 0
    while field_size([(kernel, 1)] * number) < size:
        number += 1
    return number


def paths(layers, neuron, pixels):
    found = np.zeros(pixels, np.int32)

    def walk(below, place):
        if not below:
            found[place] += 1
            return
        *below, (kernel, stride) = below
        for tap in range(kernel):
            walk(below, place * stride + tap)

    walk(layers, neuron)
    return found
