"""Shifts in a circle, and compares the maps as they are."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def layer(x, kernel, stride, window):
    patches = sliding_window_view(x, kernel.shape)[::stride, ::stride]
    y = np.einsum("ijuv,uv->ij", patches, kernel)
    return sliding_window_view(y, (window, window))[::window, ::window].max(axis=(-2, -1))


def shift(x, down, right):
    return np.roll(x, (down, right), axis=(0, 1))


def overlap(before, after, down, right):
    return before, after


def equivariance_error(x, kernel, stride, window, down, right):
    return float(
        np.abs(
            layer(x, kernel, stride, window) - layer(shift(x, down, right), kernel, stride, window)
        ).max()
    )


def harmless_shifts(x, kernel, stride, window, most):
    return [d for d in range(most) if equivariance_error(x, kernel, stride, window, d, d) < 1e-3]
