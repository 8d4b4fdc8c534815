"""Slices of the signal that are not turned, and the wrong end."""

import numpy as np


def source_index(position, length, mode):
    if mode == "circular":
        return position % length
    if mode == "replicate":
        return length - 1 if position < 0 else 0 if position >= length else position
    if mode == "symmetric":
        if position < 0:
            return -position - 1
        return 2 * length - 1 - position if position >= length else position
    if position < 0:
        return -position
    return 2 * length - 1 - position if position >= length else position


def pad1d(signal, before, after, mode):
    if mode == "zeros":
        return np.concatenate([np.zeros(after), signal, np.zeros(before)]).astype(signal.dtype)
    n = len(signal)
    front = [source_index(p, n, mode) for p in range(-after, 0)]
    back = [source_index(p, n, mode) for p in range(n, n + before)]
    return signal[front + list(range(n)) + back]


def pad2d(image, rows, columns, mode):
    h, w = image.shape[:2]
    out = np.zeros((h + 2 * rows, w + 2 * columns, image.shape[2]), image.dtype)
    out[rows : rows + h, columns : columns + w] = image
    return out
