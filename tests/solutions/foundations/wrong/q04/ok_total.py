"""From the number of outputs back to the zeros."""

import numpy as np


def output_length(length, taps, padding):
    if padding == "valid":
        return length - taps + 1
    return length + taps - 1 if padding == "full" else length


def zeros_around(taps, padding):
    total = output_length(100, taps, padding) - (100 - taps + 1)
    if padding == "causal":
        return total, 0
    before = total // 2
    return before, total - before


def pad(signal, before, after):
    out = np.zeros(before + len(signal) + after)
    out[before : before + len(signal)] = signal
    return out


def correlate(signal, kernel, padding):
    x = pad(signal, *zeros_around(len(kernel), padding))
    n = output_length(len(signal), len(kernel), padding)
    return np.array([float(x[i : i + len(kernel)] @ kernel) for i in range(n)])


def correlate2d(image, kernel, padding):
    (top, bottom), (left, right) = (zeros_around(k, padding) for k in kernel.shape)
    image = np.vstack([np.zeros((top, image.shape[1])), image, np.zeros((bottom, image.shape[1]))])
    image = np.hstack([np.zeros((len(image), left)), image, np.zeros((len(image), right))])
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijuv,uv->ij", windows, kernel)
