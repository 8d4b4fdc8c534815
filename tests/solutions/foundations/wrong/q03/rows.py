"""Reads [::-1] as a flip of everything; squares only; valid instead of full."""

import numpy as np


def flip(kernel):
    return kernel[::-1].copy()


def correlate2d(image, kernel):
    n, k = image.shape[0], kernel.shape[0]
    y = np.zeros((n - k + 1, n - k + 1), np.float32)
    for i in range(n - k + 1):
        for j in range(n - k + 1):
            y[i, j] = np.sum(image[i : i + k, j : j + k] * kernel)
    return y


def convolve2d(image, kernel):
    kh, kw = kernel.shape
    out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1), np.float32)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel[::-1])
    return out


def convolve_full(first, second):
    n, k = len(first), len(second)
    if k > n:
        first, second, n, k = second, first, k, n
    return np.array([np.sum(first[i : i + k] * second[::-1]) for i in range(n - k + 1)], np.float32)


def flip_changes_nothing(kernel):
    return bool(np.all(kernel == kernel[::-1]))
