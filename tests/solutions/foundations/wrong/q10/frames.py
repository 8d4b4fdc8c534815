"""Each frame by itself; the edge repeated; the density's constant."""

import numpy as np


def parameters(sizes, in_channels, filters):
    return filters * (sum(sizes) * in_channels + 1)


def conv1d(x, kernel, bias):
    k = len(kernel)
    return np.array(
        [np.einsum("kc,kcf->f", x[i : i + k], kernel) for i in range(len(x) - k + 1)], np.float32
    )


def gaussian(taps, sigma):
    d = np.arange(taps) - taps // 2
    density = np.exp(-(d**2) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi))
    return density.astype(np.float32)


def smooth(series, taps, sigma):
    d = np.arange(taps) - taps // 2
    k = np.exp(-(d**2) / (2 * sigma**2))
    k = k / k.sum()
    x = np.pad(series, taps // 2, mode="edge")
    return np.array([np.sum(x[i : i + taps] * k) for i in range(len(series))], np.float32)


def conv3d(video, kernel, bias):
    kt, kh, kw, _, n = kernel.shape
    t, h, w = video.shape[0] - kt + 1, video.shape[1] - kh + 1, video.shape[2] - kw + 1
    out = np.zeros((t, h, w, n), np.float32)
    for a in range(t):
        for b in range(h):
            for c in range(w):
                for f in range(n):
                    frame = video[a, b : b + kh, c : c + kw]
                    out[a, b, c, f] = np.sum(frame * kernel[0, ..., f]) + bias[f]
    return out


def motion(video):
    return np.abs(video[1:] - video[:-1])
