"""Question 4: index grids, a running maximum, integral images."""

import numpy as np

CLAIMS = (
    "stride_saves_multiplications",
    "stride_forgives_shifts",
    "window_forgives_shifts",
    "pooling_removes_all_sensitivity",
    "pooling_shrinks_the_next_filters",
)
CLEARLY_LOWER = 0.9
ZERO = 1e-3


def grid(size, window, stride):
    return np.arange(0, size - window + 1, stride)[:, None] + np.arange(window)


def max_pool(x, window, stride):
    rows, columns = grid(x.shape[0], window, stride), grid(x.shape[1], window, stride)
    y = x[rows[:, 0]][:, columns[:, 0]]
    for u in range(window):
        for v in range(window):
            y = np.maximum(y, x[rows[:, u]][:, columns[:, v]])
    return y


def avg_pool(x, window, stride):
    s = np.zeros((x.shape[0] + 1, x.shape[1] + 1, x.shape[2]))
    s[1:, 1:] = np.cumsum(np.cumsum(x, axis=0, dtype=float), axis=1)
    tops = np.arange(0, x.shape[0] - window + 1, stride)
    lefts = np.arange(0, x.shape[1] - window + 1, stride)
    corner = lambda r, c: s[np.ix_(r, c)]  # noqa: E731
    total = corner(tops + window, lefts + window) - corner(tops, lefts + window)
    return (total - corner(tops + window, lefts) + corner(tops, lefts)) / (window * window)


def shift_sensitivity(images, window, stride):
    images = np.asarray(images)
    moved = np.stack([np.roll(images, by, axis) for by in (-1, 1) for axis in (1, 2)])
    still = np.stack([max_pool(image, window, stride) for image in images]).astype(np.float64)
    after = np.stack([[max_pool(image, window, stride) for image in some] for some in moved])
    away = np.sqrt(np.einsum("snijc,snijc->sn", after - still, after - still))
    return float((away / np.sqrt(np.einsum("nijc,nijc->n", still, still))).mean())


def multiplications(height, width, channels, window, stride, kernel, filters):
    rows, columns = len(grid(height, window, stride)), len(grid(width, window, stride))
    return rows * columns * filters * channels * kernel**2


def supported_claims(plain, strided, pooled):
    names = ("sensitivity", "multiplications", "weights")
    s, m, w = np.array([[run[name] for run in (plain, strided, pooled)] for name in names])
    drops = s[1:] < CLEARLY_LOWER * s[:-1]
    true = [m[1] < m[0], drops[0], drops[1], s[2] < ZERO, w[2] < w[0]]
    return [CLAIMS[n] for n in np.flatnonzero(true)]


ANSWER = "Measured, and concluded from the figures."
