"""Windows of any rank, and one product."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def parameters(sizes, in_channels, filters):
    count = in_channels * filters
    for size in sizes:
        count *= size
    return count + filters


def conv1d(x, kernel, bias):
    return np.einsum("ick,kcf->if", sliding_window_view(x, len(kernel), axis=0), kernel) + bias


def gaussian(taps, sigma):
    half = (taps - 1) / 2
    weights = np.exp(-0.5 * (np.linspace(-half, half, taps) / sigma) ** 2)
    return weights / np.sum(weights)


def smooth(series, taps, sigma):
    half = taps // 2
    padded = np.concatenate([series[:half][::-1], series, series[-half:][::-1]])
    return sliding_window_view(padded, taps) @ gaussian(taps, sigma)


def conv3d(video, kernel, bias):
    windows = sliding_window_view(video, kernel.shape[:3], axis=(0, 1, 2))
    return np.einsum("tijcauv,auvcf->tijf", windows, kernel) + bias


def motion(video):
    return np.diff(video, axis=0)
