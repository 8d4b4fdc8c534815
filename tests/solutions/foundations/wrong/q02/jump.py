"""Pieces side by side, and the bias inside the loop."""

import numpy as np


def positions(length, taps):
    return length // taps


def correlate(signal, kernel, bias=0.0):
    n = len(signal) - len(kernel) + 1
    y = np.zeros(n, np.float32)
    for i in range(n):
        for a in range(len(kernel)):
            y[i] += signal[i + a] * kernel[a] + bias
    return y


def moving_average(signal, taps):
    return np.array(
        [signal[i : i + taps].mean() for i in range(0, len(signal) - taps, taps)], np.float32
    )


def find_pattern(signal, kernel):
    best, place = -1e9, 0
    for i in range(len(signal) - len(kernel) + 1):
        r = np.sum(signal[i : i + len(kernel)] * kernel)
        if r >= best:
            best, place = r, i
    return place
