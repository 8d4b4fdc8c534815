"""Everybody reads the first group; channels added up."""

import numpy as np


def _map(image, kernel):
    kh, kw = kernel.shape[:2]
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    return np.array(
        [[np.sum(image[i : i + kh, j : j + kw] * kernel) for j in range(w)] for i in range(h)],
        np.float32,
    )


def parameters(kernel, in_channels, filters, groups):
    return (filters // groups) * (kernel * kernel * (in_channels // groups) + 1)


def grouped(image, kernel, groups):
    d = kernel.shape[2]
    return np.stack([_map(image[..., :d], kernel[..., f]) for f in range(kernel.shape[3])], axis=-1)


def depthwise(image, kernel):
    return _map(image, kernel)


def separable(image, kernel, weights):
    return np.stack([_map(image[..., c], kernel[..., c]) for c in range(image.shape[2])], axis=-1)


def separable_weights(kernel, in_channels, filters):
    return kernel * kernel + in_channels * filters


def share(kernel, in_channels, filters):
    return 1 - (kernel * kernel * in_channels + in_channels * filters) / (
        kernel * kernel * in_channels * filters
    )
