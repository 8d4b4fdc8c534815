"""The kernel's places as the rows of a matrix; means by differences of running sums."""

import numpy as np


def positions(length, taps):
    return len(range(length - taps + 1))


def correlate(signal, kernel, bias=0.0):
    rows = positions(len(signal), len(kernel))
    matrix = np.zeros((rows, len(signal)))
    for i in range(rows):
        matrix[i, i : i + len(kernel)] = kernel
    return matrix @ signal + bias


def moving_average(signal, taps):
    sums = np.cumsum(np.concatenate([[0.0], signal]))
    return (sums[taps:] - sums[:-taps]) / taps


def find_pattern(signal, kernel):
    best, where = -np.inf, 0
    for i, response in enumerate(correlate(signal, kernel)):
        if response > best:
            best, where = response, i
    return where
