"""Filters dealt out in turn; a bias for each group."""

import numpy as np


def _map(image, kernel):
    kh, kw = kernel.shape[:2]
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    return np.array(
        [[np.sum(image[i : i + kh, j : j + kw] * kernel) for j in range(w)] for i in range(h)],
        np.float32,
    )


def parameters(kernel, in_channels, filters, groups):
    return filters * kernel * kernel * (in_channels // groups) + groups


def grouped(image, kernel, groups):
    d = kernel.shape[2]
    maps = [
        _map(image[..., (f % groups) * d : (f % groups + 1) * d], kernel[..., f])
        for f in range(kernel.shape[3])
    ]
    return np.stack(maps, axis=-1)


def depthwise(image, kernel):
    return np.stack([_map(image[..., c], kernel[..., 0]) for c in range(image.shape[2])], axis=-1)


def separable(image, kernel, weights):
    each = [_map(image[..., c], kernel[..., c]) for c in range(image.shape[2])]
    return np.stack(each, axis=-1) @ weights.T


def separable_weights(kernel, in_channels, filters):
    return kernel * kernel * in_channels


def share(kernel, in_channels, filters):
    ordinary = kernel * kernel * in_channels * filters
    return ordinary / (kernel * kernel * in_channels + in_channels * filters)
