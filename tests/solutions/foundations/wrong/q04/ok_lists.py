"""Lists, and no zeros at all: what lies outside is left out of the sum."""

import numpy as np


def zeros_around(taps, padding):
    before = {"valid": 0, "same": (taps - 1) // 2}.get(padding, taps - 1)
    after = {"same": taps // 2, "full": taps - 1}.get(padding, 0)
    return before, after


def output_length(length, taps, padding):
    return len(
        range(-zeros_around(taps, padding)[0], length + zeros_around(taps, padding)[1] - taps + 1)
    )


def pad(signal, before, after):
    return np.array([0.0] * before + signal.tolist() + [0.0] * after)


def correlate(signal, kernel, padding):
    before, after = zeros_around(len(kernel), padding)
    starts = range(-before, len(signal) + after - len(kernel) + 1)
    return np.array(
        [
            sum(float(signal[i + a] * w) for a, w in enumerate(kernel) if 0 <= i + a < len(signal))
            for i in starts
        ],
        np.float64,
    )


def correlate2d(image, kernel, padding):
    rows = [zeros_around(k, padding) for k in kernel.shape]
    ranges = [
        range(-b, n + a - k + 1)
        for (b, a), n, k in zip(rows, image.shape, kernel.shape, strict=True)
    ]
    y = np.zeros([len(r) for r in ranges])
    for i in ranges[0]:
        for j in ranges[1]:
            for u in range(kernel.shape[0]):
                for v in range(kernel.shape[1]):
                    if 0 <= i + u < image.shape[0] and 0 <= j + v < image.shape[1]:
                        y[i - ranges[0][0], j - ranges[1][0]] += image[i + u, j + v] * kernel[u, v]
    return y
