"""Loops over filters and taps."""

import numpy as np


def parameters(kernel, in_channels, filters, groups):
    weights = np.zeros((kernel, kernel, in_channels // groups, filters))
    return weights.size + filters


def grouped(image, kernel, groups):
    kh, kw, depth, filters = kernel.shape
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    y = np.zeros((h, w, filters))
    for f in range(filters):
        first = f // (filters // groups) * depth
        for u in range(kh):
            for v in range(kw):
                for c in range(depth):
                    y[:, :, f] += kernel[u, v, c, f] * image[u : u + h, v : v + w, first + c]
    return y


def depthwise(image, kernel):
    kh, kw, channels = kernel.shape
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    y = np.zeros((h, w, channels))
    for u in range(kh):
        for v in range(kw):
            y += kernel[u, v] * image[u : u + h, v : v + w]
    return y


def separable(image, kernel, weights):
    return np.einsum("hwc,cf->hwf", depthwise(image, kernel), weights)


def separable_weights(kernel, in_channels, filters):
    return np.zeros((kernel, kernel, in_channels)).size + np.zeros((in_channels, filters)).size


def share(kernel, in_channels, filters):
    return (
        separable_weights(kernel, in_channels, filters)
        / np.zeros((kernel, kernel, in_channels, filters)).size
    )
