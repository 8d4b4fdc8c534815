"""Walks through the layers from the image on."""

import numpy as np


def field_jump(layers):
    return layers[-1][1] if layers else 1


def field_size(layers):
    size, jump = 1, 1
    for k, s in reversed(layers):
        size += (k - 1) * jump
        jump *= s
    return size


def pixels_seen(layers, neuron):
    size = field_size(layers)
    return neuron * size, (neuron + 1) * size - 1


def layers_needed(kernel, size):
    n = 0
    while n * (kernel - 1) < size:
        n += 1
    return n


def paths(layers, neuron, pixels):
    places = [neuron]
    for k, s in layers:
        places = [p * s + u for p in places for u in range(k)]
    return np.bincount(places, minlength=pixels)[:pixels]
