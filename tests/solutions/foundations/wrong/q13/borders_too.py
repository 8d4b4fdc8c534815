"""Shifts the map with zeros, and compares its borders too."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def layer(x, kernel, stride, window):
    patches = sliding_window_view(x, kernel.shape)[::stride, ::stride]
    y = np.einsum("ijuv,uv->ij", patches, kernel)
    return sliding_window_view(y, (window, window))[::window, ::window].max(axis=(-2, -1))


def shift(x, down, right):
    y = np.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if 0 <= i + down < x.shape[0] and 0 <= j + right < x.shape[1]:
                y[i + down, j + right] = x[i, j]
    return y


def overlap(before, after, down, right):
    h, w = before.shape
    rows = slice(max(down, 0), h + min(down, 0))
    columns = slice(max(right, 0), w + min(right, 0))
    return before[rows, columns], after[rows, columns]


def equivariance_error(x, kernel, stride, window, down, right):
    t = stride * window
    y = shift(layer(x, kernel, stride, window), down // t, right // t)
    return float(np.abs(y - layer(shift(x, down, right), kernel, stride, window)).max())


def harmless_shifts(x, kernel, stride, window, most):
    return [d for d in range(1, most + 1) if d % (stride * window) == 0]
