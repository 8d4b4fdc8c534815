"""One output for each sample, the kernel read backwards."""

import numpy as np


def positions(length, taps):
    return length


def correlate(signal, kernel, bias=0.0):
    longer = np.concatenate([signal, np.zeros(len(kernel) - 1)])
    return np.array(
        [np.sum(longer[i : i + len(kernel)] * kernel) + bias for i in range(len(signal))],
        np.float32,
    )


def moving_average(signal, taps):
    sums = np.cumsum(np.concatenate([[0.0], signal]))
    return ((sums[taps:] - sums[:-taps]) / len(signal)).astype(np.float32)


def find_pattern(signal, kernel):
    return int(np.argmax(signal))
