"""Takes dilation for a stride, and enlarges instead of spreading."""

import numpy as np


def effective_size(kernel, dilation):
    return kernel * dilation


def output_size(size, kernel, padding, stride, dilation):
    return (size + 2 * padding - kernel * dilation) // stride + 1


def dilate(kernel, dilation):
    return np.kron(kernel, np.ones((dilation, dilation))).astype(np.float32)


def correlate(signal, kernel, dilation):
    k = len(kernel)
    starts = range(0, len(signal) - k + 1, dilation)
    return np.array([np.sum(signal[i : i + k] * kernel) for i in starts], np.float32)


def correlate2d(image, kernel, dilation):
    kh, kw = kernel.shape
    return np.array(
        [
            [
                np.sum(image[i : i + kh, j : j + kw] * kernel)
                for j in range(0, image.shape[1] - kw + 1, dilation)
            ]
            for i in range(0, image.shape[0] - kh + 1, dilation)
        ],
        np.float32,
    )


def samples_seen(kernel, dilations):
    return list(range(1 + sum(d * (kernel - 1) for d in dilations)))
