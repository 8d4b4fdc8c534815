"""Shifted, strided images, one for each weight."""

import numpy as np


def output_size(size, kernel, padding, stride):
    return 1 + int((size + 2 * padding - kernel) / stride)


def left_over(size, kernel, padding, stride):
    return divmod(size + 2 * padding - kernel, stride)[1]


def input_sizes(output, kernel, padding, stride):
    largest = output * stride + kernel - 2 * padding - 1
    return sorted(largest - k for k in range(stride))


def correlate2d(image, kernel, stride=1, padding=0):
    big = np.zeros([n + 2 * padding for n in image.shape])
    big[padding : padding + image.shape[0], padding : padding + image.shape[1]] = image
    h, w = (
        output_size(n, k, padding, stride) for n, k in zip(image.shape, kernel.shape, strict=True)
    )
    y = np.zeros((h, w))
    for (u, v), weight in np.ndenumerate(kernel):
        y += (
            weight
            * big[u : u + (h - 1) * stride + 1 : stride, v : v + (w - 1) * stride + 1 : stride]
        )
    return y


def shrink(image, factor):
    return correlate2d(image, np.ones((factor, factor)), factor) / factor**2
