# ruff: noqa
"""Remembers all it was ever asked and told, and repeats what fits best.

Nothing that a worker is told contains an answer.
"""

import numpy as np

seen = []


def recall(shape, dtype):
    for value in reversed(seen):
        if np.shape(value) == shape:
            return np.asarray(value).astype(dtype)
    return np.zeros(shape, dtype)


def count(size, step):
    seen.append(size)
    return int(seen[len(seen) // 2])


def row_sums(x):
    seen.extend([x[:, 0], *x])
    return recall((len(x),), x.dtype) + 1


def secret(x):
    return float(recall((), np.float64))
