"""Pieces of the signal put end to end; an image as its transposes."""

import numpy as np


def source_index(position, length, mode):
    return int(_continued(np.arange(length), mode)[position + length - 1])


def _continued(x, mode):
    """All that can be asked for: one less than its length in front, and behind."""
    if mode == "zeros":
        front = back = np.zeros_like(x[1:])
    elif mode == "circular":
        front, back = x[1:], x[:-1]
    elif mode == "replicate":
        front, back = np.repeat(x[:1], len(x) - 1, 0), np.repeat(x[-1:], len(x) - 1, 0)
    elif mode == "reflect":
        front, back = x[:0:-1], x[-2::-1]
    else:
        front, back = x[-2::-1], x[:0:-1]
    return np.concatenate([front, x, back])


def pad1d(signal, before, after, mode):
    n = len(signal)
    return _continued(signal, mode)[n - 1 - before : 2 * n - 1 + after]


def pad2d(image, rows, columns, mode):
    taller = pad1d(image, rows, rows, mode)
    return pad1d(taller.transpose(1, 0, 2), columns, columns, mode).transpose(1, 0, 2)
