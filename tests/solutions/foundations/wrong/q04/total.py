"""One number instead of two; the extra zero in front."""

import numpy as np


def zeros_around(taps, padding):
    return {"valid": 0, "same": taps - 1, "full": 2 * (taps - 1), "causal": taps - 1}[padding]


def output_length(length, taps, padding):
    return length


def pad(signal, before, after):
    out = np.zeros(len(signal) + before + after, np.float32)
    out[before + after :] = signal
    return out


def correlate(signal, kernel, padding):
    k = len(kernel)
    before, after = {
        "valid": (0, 0),
        "same": (k // 2, (k - 1) // 2),
        "full": (k - 1, k - 1),
        "causal": (0, k - 1),
    }[padding]
    x = np.pad(signal, (before, after))
    return np.array([np.sum(x[i : i + k] * kernel) for i in range(len(x) - k + 1)], np.float32)


def correlate2d(image, kernel, padding):
    kh, kw = kernel.shape
    if padding == "same":
        image = np.pad(image, (((kh - 1) // 2, kh // 2), ((kw - 1) // 2, kw // 2)), mode="edge")
    elif padding == "full":
        image = np.pad(image, ((kh - 1, kh - 1), (kw - 1, kw - 1)), mode="edge")
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    return np.array(
        [[np.sum(image[i : i + kh, j : j + kw] * kernel) for j in range(w)] for i in range(h)],
        np.float32,
    )
