"""The formulas as they stand, in Python's numbers."""

import numpy as np


def flip(kernel):
    return np.array(kernel.reshape(-1)[::-1]).reshape(kernel.shape)


def correlate2d(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    return np.array(
        [
            [
                float(sum(image[i + a, j + b] * kernel[a, b] for a in range(kh) for b in range(kw)))
                for j in range(w - kw + 1)
            ]
            for i in range(h - kh + 1)
        ]
    )


def convolve2d(image, kernel):
    (h, w), (kh, kw) = image.shape, kernel.shape
    y = np.zeros((h - kh + 1, w - kw + 1))
    for i in range(kh - 1, h):
        for j in range(kw - 1, w):
            for a in range(kh):
                for b in range(kw):
                    y[i - kh + 1, j - kw + 1] += image[i - a, j - b] * kernel[a, b]
    return y


def convolve_full(first, second):
    y = [0.0] * (len(first) + len(second) - 1)
    for i, x in enumerate(first):
        for a, w in enumerate(second):
            y[i + a] += float(x) * float(w)
    return np.array(y)


def flip_changes_nothing(kernel):
    taps = kernel.flatten().tolist()
    return taps == taps[::-1]
