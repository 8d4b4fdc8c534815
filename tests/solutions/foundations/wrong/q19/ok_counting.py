import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def multiplications(height, width, channels, filters, kernel, stride):
    padding = (kernel - 1) // 2
    rows = len(range(-padding, height + padding - kernel + 1, stride))
    columns = len(range(-padding, width + padding - kernel + 1, stride))
    return filters * channels * kernel**2 * rows * columns


def saving(height, width, channels, filters, kernel, stride):
    return (height * width) / (-(-height // stride) * -(-width // stride))


def strided_map(x, kernel, stride):
    windows = sliding_window_view(x, kernel.shape)[::stride, ::stride]
    return np.tensordot(windows, kernel, axes=([2, 3], [0, 1]))


def peaks_lost(y, stride):
    found = []
    for i in range(0, y.shape[0] - stride + 1, stride):
        for j in range(0, y.shape[1] - stride + 1, stride):
            found.append(bool((y[i : i + stride, j : j + stride] > y[i, j]).any()))
    return sum(found) / len(found)


def unread_pixels(size, kernel, stride):
    positions = (size - kernel) // stride + 1
    return size - (positions - 1) * min(kernel, stride) - kernel
