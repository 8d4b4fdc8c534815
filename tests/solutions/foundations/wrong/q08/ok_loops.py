"""Six loops, and the formula as it stands."""

import numpy as np


def parameters(kernel_height, kernel_width, in_channels, filters):
    one = kernel_height * kernel_width * in_channels + 1
    return sum(one for _ in range(filters))


def network_parameters(in_channels, layers):
    if not layers:
        return 0
    (kernel, filters), *rest = layers
    return parameters(kernel, kernel, in_channels, filters) + network_parameters(filters, rest)


def one_filter(image, kernel, bias=0.0):
    kh, kw, channels = kernel.shape
    total = np.full((image.shape[0] - kh + 1, image.shape[1] - kw + 1), bias, np.float64)
    h, w = total.shape
    for u in range(kh):
        for v in range(kw):
            for c in range(channels):
                total += kernel[u, v, c] * image[u : u + h, v : v + w, c]
    return total


def convolution(image, kernel, bias, stride=1, padding=0):
    height, width = image.shape[:2]
    kh, kw, _, filters = kernel.shape
    h, w = (height + 2 * padding - kh) // stride + 1, (width + 2 * padding - kw) // stride + 1
    y = np.zeros((h, w, filters))
    for i in range(h):
        for j in range(w):
            for f in range(filters):
                y[i, j, f] = bias[f]
                for u in range(kh):
                    for v in range(kw):
                        p, q = i * stride + u - padding, j * stride + v - padding
                        if 0 <= p < height and 0 <= q < width:
                            y[i, j, f] += float(np.dot(image[p, q], kernel[u, v, :, f]))
    return y


def pointwise(image, weights, bias):
    rows = image.reshape(-1, image.shape[2]) @ weights + bias
    return rows.reshape(*image.shape[:2], -1)
