"""Correlates everywhere; demands two mirror symmetries for a half turn."""

import numpy as np


def flip(kernel):
    return np.fliplr(kernel) if kernel.ndim == 2 else kernel[::-1].copy()


def correlate2d(image, kernel):
    kh, kw = kernel.shape
    out = np.zeros((image.shape[0] - kh, image.shape[1] - kw), np.float32)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return out


def convolve2d(image, kernel):
    kh, kw = kernel.shape
    out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1), np.float32)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return out


def convolve_full(first, second):
    k = len(second)
    padded = np.concatenate([np.zeros(k - 1), first, np.zeros(k - 1)])
    return np.array(
        [np.sum(padded[i : i + k] * second) for i in range(len(first) + k - 1)], np.float32
    )


def flip_changes_nothing(kernel):
    return bool((np.fliplr(kernel) == kernel).all() and (np.flipud(kernel) == kernel).all())
