"""Takes it for granted that an image of N pixels gives N / stride of them."""

import numpy as np


def pooled_size(size, window, stride):
    return size // stride


def max_pool(x, window, stride):
    h, w, c = x.shape
    out = np.zeros((pooled_size(h, window, stride), pooled_size(w, window, stride), c))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = x[i * stride : i * stride + window, j * stride : j * stride + window].max(
                (0, 1)
            )
    return out


def avg_pool(x, window, stride):
    h, w, c = x.shape
    out = np.zeros((pooled_size(h, window, stride), pooled_size(w, window, stride), c))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = x[i * stride : i * stride + window, j * stride : j * stride + window].mean(
                (0, 1)
            )
    return out


def min_pool(x, window, stride):
    return -max_pool(-x, window, stride)


def global_pool(x, kind):
    return x.max((0, 1)) if kind == "max" else x.mean((0, 1))
