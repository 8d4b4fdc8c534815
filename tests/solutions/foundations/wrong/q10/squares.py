"""Squares whatever the axes; a bell that does not add up to 1; the wrong sign."""

import numpy as np


def parameters(sizes, in_channels, filters):
    return filters * (sizes[0] ** 2 * in_channels + 1)


def conv1d(x, kernel, bias):
    k, _, n = kernel.shape
    out = np.zeros((len(x) - k + 1, n), np.float32)
    for i in range(len(out)):
        for f in range(n):
            out[i, f] = np.sum(x[i : i + k, 0] * kernel[:, 0, f]) + bias[f]
    return out


def gaussian(taps, sigma):
    d = np.arange(taps) - taps // 2
    return np.exp(-(d**2) / (2 * sigma**2)).astype(np.float32)


def smooth(series, taps, sigma):
    d = np.arange(taps) - taps // 2
    k = np.exp(-(d**2) / (2 * sigma**2))
    k = k / k.sum()
    n = len(series) - taps + 1
    return np.array([np.sum(series[i : i + taps] * k) for i in range(n)], np.float32)


def conv3d(video, kernel, bias):
    kernel = kernel[::-1]
    kt, kh, kw, _, n = kernel.shape
    t, h, w = video.shape[0] - kt + 1, video.shape[1] - kh + 1, video.shape[2] - kw + 1
    out = np.zeros((t, h, w, n), np.float32)
    for a in range(t):
        for b in range(h):
            for c in range(w):
                block = video[a : a + kt, b : b + kh, c : c + kw]
                for f in range(n):
                    out[a, b, c, f] = np.sum(block * kernel[..., f]) + bias[f]
    return out


def motion(video):
    return video[:-1] - video[1:]
