"""Shifted copies of the signal, one for each tap."""

import numpy as np


def positions(length, taps):
    return 1 + length - taps


def correlate(signal, kernel, bias=0.0):
    n = positions(len(signal), len(kernel))
    y = np.full(n, bias, np.float64)
    for a, w in enumerate(kernel):
        y += w * signal[a : a + n]
    return y


def moving_average(signal, taps):
    return correlate(signal, np.ones(taps)) / taps


def find_pattern(signal, kernel):
    responses = list(correlate(signal, kernel))
    return responses.index(max(responses))
