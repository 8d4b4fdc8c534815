"""A sum that is never set back, the last place forgotten, the middle told instead of the start."""

import numpy as np


def positions(length, taps):
    return length - taps


def correlate(signal, kernel, bias=0.0):
    out, total = [], 0.0
    for i in range(len(signal) - len(kernel) + 1):
        for a in range(len(kernel)):
            total += signal[i + a] * kernel[a]
        out.append(total + bias)
    return np.array(out, np.float32)


def moving_average(signal, taps):
    return correlate(signal, np.ones(taps))


def find_pattern(signal, kernel):
    k = len(kernel)
    r = [float(np.dot(signal[i : i + k], kernel)) for i in range(len(signal) - k + 1)]
    return int(np.argmax(r)) + k // 2
