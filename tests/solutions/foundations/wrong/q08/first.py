"""The first channel and the first bias for all."""

import numpy as np


def parameters(kernel_height, kernel_width, in_channels, filters):
    return filters * in_channels * (kernel_height * kernel_width + 1)


def network_parameters(in_channels, layers):
    for k, f in layers:
        count = f * (k * k * in_channels + 1)
        in_channels = f
    return count


def one_filter(image, kernel, bias=0.0):
    kh, kw = kernel.shape[:2]
    h, w = image.shape[0] - kh + 1, image.shape[1] - kw + 1
    return np.array(
        [
            [np.sum(image[i : i + kh, j : j + kw, 0] * kernel[:, :, 0]) + bias for j in range(w)]
            for i in range(h)
        ],
        np.float32,
    )


def convolution(image, kernel, bias, stride=1, padding=0):
    x = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
    kh, kw, _, n = kernel.shape
    h, w = (x.shape[0] - kh) // stride + 1, x.shape[1] - kw + 1
    out = np.zeros((h, w, n), np.float32)
    for i in range(h):
        for j in range(w):
            for f in range(n):
                top = i * stride
                out[i, j, f] = np.sum(x[top : top + kh, j : j + kw] * kernel[..., f]) + bias[f]
    return out


def pointwise(image, weights, bias):
    return image @ weights + bias.sum()
