"""Forgets that a shift may be negative, or zero."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def layer(x, kernel, stride, window):
    patches = sliding_window_view(x, kernel.shape)[::stride, ::stride]
    y = np.einsum("ijuv,uv->ij", patches, kernel)
    return sliding_window_view(y, (window, window))[::window, ::window].max(axis=(-2, -1))


def shift(x, down, right):
    y = np.zeros_like(x)
    y[down:, right:] = x[: x.shape[0] - down, : x.shape[1] - right]
    return y


def overlap(before, after, down, right):
    return before[:-down, :-right], after[down:, right:]


def equivariance_error(x, kernel, stride, window, down, right):
    before = layer(x, kernel, stride, window)
    after = layer(shift(x, down, right), kernel, stride, window)
    kept, found = overlap(before, after, down, right)
    return float(np.max(kept - found))


def harmless_shifts(x, kernel, stride, window, most):
    return list(range(0, most + 1, stride))
