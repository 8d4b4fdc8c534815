"""Shifted images; sums along the diagonals of a table of products; a half turn as two quarter turns."""

import numpy as np


def flip(kernel):
    for axis in range(kernel.ndim):
        kernel = np.flip(kernel, axis)
    return kernel


def correlate2d(image, kernel):
    kh, kw = kernel.shape
    rows, columns = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    return sum(
        kernel[a, b] * image[a : a + rows, b : b + columns] for a in range(kh) for b in range(kw)
    )


def convolve2d(image, kernel):
    return correlate2d(image, np.rot90(kernel, 2))


def convolve_full(first, second):
    table = np.outer(first, second)
    return np.array(
        [
            sum(table[i, n - i] for i in range(len(first)) if 0 <= n - i < len(second))
            for n in range(len(first) + len(second) - 1)
        ],
        np.float64,
    )


def flip_changes_nothing(kernel):
    return not np.any(kernel - np.rot90(kernel, 2))
