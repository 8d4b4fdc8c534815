"""Windows by NumPy, one matrix product; the mean by running sums."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def positions(length, taps):
    return len(range(taps, length + 1))


def correlate(signal, kernel, bias=0.0):
    return sliding_window_view(signal, len(kernel)) @ kernel + bias


def moving_average(signal, taps):
    sums = np.concatenate([[0.0], np.cumsum(signal)])
    return (sums[taps:] - sums[:-taps]) / taps


def find_pattern(signal, kernel):
    return np.argmax(correlate(signal, kernel))
