"""Mirrors as what repeats with a period of its own."""

import numpy as np


def source_index(position, length, mode):
    if mode == "replicate":
        return int(np.clip(position, 0, length - 1))
    period = {"circular": length, "reflect": 2 * length - 2, "symmetric": 2 * length}[mode]
    place = position % period
    if place < length:
        return place
    return period - place - (mode == "symmetric")


def pad1d(signal, before, after, mode):
    n = len(signal)
    out = np.zeros(before + n + after)
    for k in range(len(out)):
        p = k - before
        if mode != "zeros":
            out[k] = signal[source_index(p, n, mode)]
        elif 0 <= p < n:
            out[k] = signal[p]
    return out


def pad2d(image, rows, columns, mode):
    out = np.zeros((image.shape[0] + 2 * rows, image.shape[1] + 2 * columns, image.shape[2]))
    for k in range(image.shape[2]):
        lines = [pad1d(line, columns, columns, mode) for line in image[:, :, k]]
        for j, column in enumerate(np.array(lines).T):
            out[:, j, k] = pad1d(column, rows, rows, mode)
    return out
