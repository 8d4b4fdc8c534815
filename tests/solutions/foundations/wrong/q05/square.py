"""The same width on all sides, and the edge repeated where a mirror was asked for."""

import numpy as np


def source_index(position, length, mode):
    if mode == "circular":
        return position % length
    return max(0, min(position, length - 1))


def pad1d(signal, before, after, mode):
    n = len(signal)
    picked = signal[[source_index(p, n, mode) for p in range(-before, n + after)]]
    if mode == "zeros":
        picked[:before] = 0
        picked[n + before - 1 :] = 0
    return picked


def pad2d(image, rows, columns, mode):
    h, w = image.shape[:2]

    def mirror(p, n):
        if mode == "circular":
            return p % n
        if mode == "replicate":
            return max(0, min(p, n - 1))
        e = mode == "symmetric"
        return -p - e if p < 0 else 2 * (n - 1) + e - p if p >= n else p

    if mode == "zeros":
        out = np.zeros((h + 2 * rows, w + 2 * rows, image.shape[2]), image.dtype)
        out[rows : rows + h, rows : rows + w] = image
        return out
    return image[[mirror(p, h) for p in range(-rows, h + rows)]][
        :, [mirror(p, w) for p in range(-rows, w + rows)]
    ]
