"""The zeros counted once; the 1 divided with the rest; a stride for the rows."""

import numpy as np


def output_size(size, kernel, padding, stride):
    return (size + padding - kernel) // stride + 1


def left_over(size, kernel, padding, stride):
    used = output_size(size, kernel, 2 * padding, stride) * kernel
    return size + 2 * padding - used


def input_sizes(output, kernel, padding, stride):
    first = output * stride + kernel - 2 * padding
    return list(range(first, first + stride))


def correlate2d(image, kernel, stride=1, padding=0):
    x = np.pad(image, padding)
    kh, kw = kernel.shape
    rows = range(0, x.shape[0] - kh + 1, stride)
    columns = range(x.shape[1] - kw + 1)
    return np.array(
        [[np.sum(x[i : i + kh, j : j + kw] * kernel) for j in columns] for i in rows], np.float32
    )


def shrink(image, factor):
    h, w = image.shape[0] // factor, image.shape[1] // factor
    x = image[: h * factor, : w * factor].reshape(h, factor, w, factor)
    return x.sum(axis=(1, 3)) / factor
