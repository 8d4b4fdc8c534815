"""Takes every size to be divisible by the stride."""

import numpy as np


def multiplications(height, width, channels, filters, kernel, stride):
    return (height // stride) * (width // stride) * filters * kernel**2 * channels


def saving(height, width, channels, filters, kernel, stride):
    return float(stride * stride)


def strided_map(x, kernel, stride):
    high, wide = kernel.shape
    rows, columns = (x.shape[0] - high) // stride + 1, (x.shape[1] - wide) // stride + 1
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[i, j] = (x[i : i + high, j : j + wide] * kernel).sum()
    return y


def peaks_lost(y, stride):
    return 1 - 1 / stride**2


def unread_pixels(size, kernel, stride):
    return max(stride - kernel, 0) * ((size - kernel) // stride)
