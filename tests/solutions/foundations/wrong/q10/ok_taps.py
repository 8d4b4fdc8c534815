"""One shifted copy for each tap."""

import itertools
import math

import numpy as np


def parameters(sizes, in_channels, filters):
    return len(list(itertools.product(*map(range, sizes)))) * in_channels * filters + filters


def _conv(x, kernel, bias):
    sizes = kernel.shape[:-2]
    lengths = [n - k + 1 for n, k in zip(x.shape, sizes, strict=False)]
    y = np.zeros((*lengths, kernel.shape[-1])) + bias
    for tap in np.ndindex(*sizes):
        part = x[tuple(slice(a, a + n) for a, n in zip(tap, lengths, strict=True))]
        y = y + part @ kernel[tap]
    return y


def conv1d(x, kernel, bias):
    return _conv(x, kernel, bias)


def gaussian(taps, sigma):
    weights = [math.exp(-((k - taps // 2) ** 2) / (2 * sigma**2)) for k in range(taps)]
    return np.array([w / sum(weights) for w in weights])


def smooth(series, taps, sigma):
    weights, y = gaussian(taps, sigma), np.zeros(len(series))
    for i in range(len(series)):
        for k, w in enumerate(weights):
            place = i + k - taps // 2
            place = -1 - place if place < 0 else place
            place = 2 * len(series) - 1 - place if place >= len(series) else place
            y[i] += w * series[place]
    return y


def conv3d(video, kernel, bias):
    return _conv(video, kernel, bias)


def motion(video):
    return np.array([after - before for before, after in itertools.pairwise(video)])
