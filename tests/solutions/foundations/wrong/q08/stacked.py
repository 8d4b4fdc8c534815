"""Filters first, the bias in the loop over channels, no bias in the counts."""

import numpy as np


def parameters(kernel_height, kernel_width, in_channels, filters):
    return kernel_height * kernel_width * in_channels * filters


def network_parameters(in_channels, layers):
    total = 0
    for k, f in layers:
        total += k * k * in_channels * f + 1
        in_channels = f
    return total


def one_filter(image, kernel, bias=0.0):
    kh, kw, c = kernel.shape
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    out = np.zeros((h, w), np.float32)
    for ch in range(c):
        for i in range(h):
            for j in range(w):
                out[i, j] += np.sum(image[i : i + kh, j : j + kw, ch] * kernel[:, :, ch]) + bias
    return out


def convolution(image, kernel, bias, stride=1, padding=0):
    x = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
    kh, kw, _, n = kernel.shape
    maps = []
    for f in range(n):
        rows = range(0, x.shape[0] - kh + 1, stride)
        columns = range(0, x.shape[1] - kw + 1, stride)
        maps.append(
            [
                [np.sum(x[i : i + kh, j : j + kw] * kernel[..., f]) + bias[f] for j in columns]
                for i in rows
            ]
        )
    return np.array(maps, np.float32)


def pointwise(image, weights, bias):
    return (image[..., None] * weights).mean(axis=2) + bias
