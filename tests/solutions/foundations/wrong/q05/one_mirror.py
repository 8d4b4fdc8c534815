"""One mirror for both names; corners left empty; a negative index of Python's."""

import numpy as np


def source_index(position, length, mode):
    if mode == "circular":
        return position if position < length else position - length
    if mode == "replicate":
        return 0 if position < 0 else min(position, length - 1)
    if position < 0:
        return -position
    if position >= length:
        return 2 * length - 2 - position
    return position


def pad1d(signal, before, after, mode):
    if mode == "zeros":
        return np.concatenate([np.zeros(before), signal, np.zeros(after)]).astype(signal.dtype)
    n = len(signal)
    return signal[[source_index(p, n, mode) for p in range(-before, n + after)]]


def pad2d(image, rows, columns, mode):
    h, w, c = image.shape
    out = np.zeros((h + 2 * rows, w + 2 * columns, c), image.dtype)
    out[rows : rows + h, columns : columns + w] = image
    if mode == "zeros":
        return out
    for i in range(h):
        for k in range(c):
            out[rows + i, :, k] = pad1d(image[i, :, k], columns, columns, mode)
    for j in range(w):
        for k in range(c):
            out[:, columns + j, k] = pad1d(image[:, j, k], rows, rows, mode)
    return out
