"""A middle at half a tap; zeros around; time last."""

import math

import numpy as np


def parameters(sizes, in_channels, filters):
    return math.prod(sizes) * in_channels * filters + 1


def conv1d(x, kernel, bias):
    kernel = kernel[::-1]
    k = len(kernel)
    return np.array(
        [np.einsum("kc,kcf->f", x[i : i + k], kernel) + bias for i in range(len(x) - k + 1)],
        np.float32,
    )


def gaussian(taps, sigma):
    d = np.arange(taps) - taps / 2
    w = np.exp(-(d**2) / (2 * sigma**2))
    return (w / w.sum()).astype(np.float32)


def smooth(series, taps, sigma):
    d = np.arange(taps) - taps // 2
    k = np.exp(-(d**2) / (2 * sigma**2))
    k = k / k.sum()
    x = np.pad(series, taps // 2)
    return np.array([np.sum(x[i : i + taps] * k) for i in range(len(series))], np.float32)


def conv3d(video, kernel, bias):
    kt, kh, kw, _, n = kernel.shape
    t, h, w = video.shape[0] - kt + 1, video.shape[1] - kh + 1, video.shape[2] - kw + 1
    out = np.zeros((h, w, t, n), np.float32)
    for a in range(t):
        for b in range(h):
            for c in range(w):
                for f in range(n):
                    block = video[a : a + kt, b : b + kh, c : c + kw]
                    out[b, c, a, f] = np.sum(block * kernel[..., f]) + bias[f]
    return out


def motion(video):
    return video[1:] - video[0]
