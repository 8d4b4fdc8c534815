"""Updates the jump before the size; counts pixels from the end."""

import numpy as np


def field_jump(layers):
    jump = 1
    for _, s in layers:
        jump = jump * s
    return jump


def field_size(layers):
    size, jump = 1, 1
    for k, s in layers:
        jump *= s
        size += (k - 1) * jump
    return size


def pixels_seen(layers, neuron):
    start = neuron * field_jump(layers)
    return start, start + field_size(layers)


def layers_needed(kernel, size):
    return (size - 1) // (kernel - 1)


def paths(layers, neuron, pixels):
    out = np.zeros(pixels, int)
    first, last = neuron, neuron
    for k, s in reversed(layers):
        first, last = first * s, last * s + k - 1
    out[first : last + 1] = 1
    return out
