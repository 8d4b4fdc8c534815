"""Ratio upside down, pooling instead of striding, the share that is kept."""

import numpy as np


def multiplications(height, width, channels, filters, kernel, stride):
    rows, columns = (height - 1) // stride + 1, (width - 1) // stride + 1
    return rows * columns * filters * kernel**2


def saving(height, width, channels, filters, kernel, stride):
    layer = (height, width, channels, filters, kernel)
    return multiplications(*layer, stride) / multiplications(*layer, 1)


def strided_map(x, kernel, stride):
    high, wide = kernel.shape
    y = np.zeros((x.shape[0] - high + 1, x.shape[1] - wide + 1))
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = (x[i : i + high, j : j + wide] * kernel).sum()
    rows, columns = y.shape[0] // stride, y.shape[1] // stride
    blocks = y[: rows * stride, : columns * stride].reshape(rows, stride, columns, stride)
    return blocks.max(axis=(1, 3))


def peaks_lost(y, stride):
    rows, columns = y.shape[0] // stride, y.shape[1] // stride
    blocks = y[: rows * stride, : columns * stride].reshape(rows, stride, columns, stride)
    return float(np.mean(blocks[:, 0, :, 0] == blocks.max(axis=(1, 3))))


def unread_pixels(size, kernel, stride):
    return size - kernel - (size - kernel) // stride
