"""Windows and one product; sizes from the shapes of arrays."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def parameters(kernel_height, kernel_width, in_channels, filters):
    return np.zeros((kernel_height, kernel_width, in_channels, filters)).size + filters


def network_parameters(in_channels, layers):
    channels = [in_channels] + [filters for _, filters in layers]
    pairs = zip(channels, channels[1:], layers, strict=False)
    return sum(k * k * c * f + f for c, f, (k, _) in pairs)


def one_filter(image, kernel, bias=0.0):
    return convolution(image, kernel[..., None], np.array([bias]))[..., 0]


def convolution(image, kernel, bias, stride=1, padding=0):
    x = np.pad(image, [(padding, padding), (padding, padding), (0, 0)])
    windows = sliding_window_view(x, kernel.shape[:2], axis=(0, 1))[::stride, ::stride]
    return np.einsum("ijcuv,uvcf->ijf", windows, kernel) + bias


def pointwise(image, weights, bias):
    return convolution(image, weights[None, None], bias)
