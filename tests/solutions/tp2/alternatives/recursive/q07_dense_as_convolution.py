"""Question 7: entry by entry, from the definitions."""

import numpy as np


def dense(x, weights, bias):
    """Given: flatten, then multiply by the weights."""
    return x.reshape(-1) @ weights + bias


def kernel_from_dense(weights, shape, order="hwc"):
    height, width, channels = shape
    kernel = np.empty((*shape, weights.shape[1]), weights.dtype)
    for row, column, channel in np.ndindex(*shape):
        number = {
            "hwc": (row * width + column) * channels + channel,
            "chw": (channel * height + row) * width + column,
        }[order]
        kernel[row, column, channel] = weights[number]
    return kernel


def dense_as_convolution(x, weights, bias, shape):
    height, width = shape[:2]
    if x.shape[0] < height:
        return np.zeros((0, x.shape[1] - width + 1, len(bias)))
    row = [
        dense(x[:height, left : left + width], weights, bias)
        for left in range(x.shape[1] - width + 1)
    ]
    return np.concatenate([[row], dense_as_convolution(x[1:], weights, bias, shape)])


def matrix_of_convolution(kernel, shape):
    height, width, _, filters = kernel.shape
    rows, columns = shape[0] - height + 1, shape[1] - width + 1
    matrix = np.zeros((int(np.prod(shape)), rows * columns * filters), kernel.dtype)
    for i, j, u, v, c, f in np.ndindex(rows, columns, *kernel.shape):
        pixel = ((i + u) * shape[1] + (j + v)) * shape[2] + c
        matrix[pixel, (i * columns + j) * filters + f] = kernel[u, v, c, f]
    return matrix


ANSWER = "Measured, and concluded from the figures."
