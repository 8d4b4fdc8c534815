"""Compares places rather than values, and counts pixels that are read several times."""

import numpy as np


def multiplications(height, width, channels, filters, kernel, stride):
    rows, columns = (height - kernel) // stride + 1, (width - kernel) // stride + 1
    return rows * columns * filters * kernel**2 * channels


def saving(height, width, channels, filters, kernel, stride):
    rows, columns = (height - 1) // stride + 1, (width - 1) // stride + 1
    return float(height * width // (rows * columns))


def strided_map(x, kernel, stride):
    high, wide = kernel.shape
    y = np.zeros((x.shape[0] - high + 1, x.shape[1] - wide + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = (x[i : i + high, j : j + wide] * kernel[::-1, ::-1]).sum()
    return y[::stride, ::stride]


def peaks_lost(y, stride):
    lost = 0
    for i in range(y.shape[0] // stride):
        for j in range(y.shape[1] // stride):
            block = y[i * stride : (i + 1) * stride, j * stride : (j + 1) * stride]
            lost += block.argmax() != 0
    return float(lost)


def unread_pixels(size, kernel, stride):
    return size - ((size - kernel) // stride + 1) * kernel
