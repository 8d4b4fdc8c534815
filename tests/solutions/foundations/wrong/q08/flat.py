"""Flat filters; one map for each channel; the image's channels for every layer."""

import numpy as np


def parameters(kernel_height, kernel_width, in_channels, filters):
    return filters * (kernel_height * kernel_width + 1)


def network_parameters(in_channels, layers):
    return sum(f * (k * k * in_channels + 1) for k, f in layers)


def one_filter(image, kernel, bias=0.0):
    kh, kw, c = kernel.shape
    out = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1, c), np.float32)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel, axis=(0, 1)) + bias
    return out


def convolution(image, kernel, bias, stride=1, padding=0):
    image = np.pad(image, padding)
    kh, kw, c, n = kernel.shape
    h = (image.shape[0] - kh) // stride + 1
    w = (image.shape[1] - kw) // stride + 1
    out = np.zeros((h, w, n), np.float32)
    for i in range(h):
        for j in range(w):
            for f in range(n):
                a, b = i * stride, j * stride
                out[i, j, f] = np.sum(image[a : a + kh, b : b + kw, :c] * kernel[..., f]) + bias[f]
    return out


def pointwise(image, weights, bias):
    return np.einsum("hwc,fc->hwf", image, weights) + bias
