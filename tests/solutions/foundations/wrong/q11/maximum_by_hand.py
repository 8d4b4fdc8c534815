"""Looks for the maximum with a variable that starts at 0."""

import numpy as np


def pooled_size(size, window, stride):
    return (size - window) // stride + 1


def max_pool(x, window, stride):
    h, w, c = x.shape
    out = np.zeros((pooled_size(h, window, stride), pooled_size(w, window, stride), c))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            for k in range(c):
                best = 0
                for u in range(window):
                    for v in range(window):
                        if x[i * stride + u, j * stride + v, k] > best:
                            best = x[i * stride + u, j * stride + v, k]
                out[i, j, k] = best
    return out


def avg_pool(x, window, stride):
    h, w, c = x.shape
    out = np.zeros((pooled_size(h, window, stride), pooled_size(w, window, stride), c))
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = x[i * stride : i * stride + window, j * stride : j * stride + window].sum(
                (0, 1)
            )
            out[i, j] /= window
    return out


def min_pool(x, window, stride):
    return max_pool(-x, window, stride)


def global_pool(x, kind):
    return x.max() if kind == "max" else x.mean()
