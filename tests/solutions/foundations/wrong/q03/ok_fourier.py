"""The full convolution by Fourier transforms; the others tap by tap."""

import numpy as np


def flip(kernel):
    return kernel[(slice(None, None, -1),) * kernel.ndim]


def _tap_by_tap(image, kernel, backwards):
    high, wide = kernel.shape
    rows, columns = image.shape[0] - high + 1, image.shape[1] - wide + 1
    y = np.zeros((rows, columns))
    for a in range(high):
        for b in range(wide):
            i, j = (high - 1 - a, wide - 1 - b) if backwards else (a, b)
            y += kernel[a, b] * image[i : i + rows, j : j + columns]
    return y


def correlate2d(image, kernel):
    return _tap_by_tap(image, kernel, backwards=False)


def convolve2d(image, kernel):
    return _tap_by_tap(image, kernel, backwards=True)


def convolve_full(first, second):
    length = len(first) + len(second) - 1
    return np.fft.irfft(np.fft.rfft(first, length) * np.fft.rfft(second, length), length)


def flip_changes_nothing(kernel):
    high, wide = kernel.shape
    return all(
        kernel[i, j] == kernel[high - 1 - i, wide - 1 - j] for i in range(high) for j in range(wide)
    )
