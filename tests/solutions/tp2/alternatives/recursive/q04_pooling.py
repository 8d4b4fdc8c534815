"""Question 4: windows peeled off the image one after the other."""

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


def strips(x, window, stride):
    """All windows of that many rows, from top to bottom."""
    if len(x) < window:
        return []
    return [x[:window], *strips(x[stride:], window, stride)]


def blocks(x, window, stride):
    """Rows of windows."""
    return [
        [block.swapaxes(0, 1) for block in strips(strip.swapaxes(0, 1), window, stride)]
        for strip in strips(x, window, stride)
    ]


def larger(values):
    if len(values) == 1:
        return values[0]
    middle = len(values) // 2
    one, other = larger(values[:middle]), larger(values[middle:])
    return np.where(one > other, one, other)


def max_pool(x, window, stride):
    pixels = x.shape[2]
    found = [
        [larger(list(block.reshape(-1, pixels))) for block in row]
        for row in blocks(x, window, stride)
    ]
    return np.array(found, x.dtype)


def avg_pool(x, window, stride):
    pixels = x.astype(float)
    return np.array(
        [[block.sum((0, 1)) / window**2 for block in row] for row in blocks(pixels, window, stride)]
    )


def norm(values):
    return float(np.sqrt(np.vdot(values, values)))


def shift_sensitivity(images, window, stride):
    def ratios(left):
        if not len(left):
            return []
        image, pooled = left[0], max_pool(left[0], window, stride)
        moved = [np.roll(image, by, axis) for axis in (0, 1) for by in (1, -1)]
        mine = [norm(max_pool(one, window, stride) - pooled) / norm(pooled) for one in moved]
        return [*mine, *ratios(left[1:])]

    found = ratios(np.asarray(images, np.float64))
    return sum(found) / len(found)


def positions(size, window, stride):
    return 0 if size < window else 1 + positions(size - stride, window, stride)


def multiplications(height, width, channels, window, stride, kernel, filters):
    outputs = positions(height, window, stride) * positions(width, window, stride) * filters
    return outputs * kernel**2 * channels


def supported_claims(plain, strided, pooled):
    def lower(one, other):
        return one["sensitivity"] < other["sensitivity"] * CLEARLY_LOWER

    true = (
        plain["multiplications"] > strided["multiplications"],
        lower(strided, plain),
        lower(pooled, strided),
        pooled["sensitivity"] < ZERO,
        plain["weights"] > pooled["weights"],
    )

    def kept(claims, flags):
        if not claims:
            return []
        return [claims[0]] * flags[0] + kept(claims[1:], flags[1:])

    return kept(CLAIMS, true)


ANSWER = "Measured, and concluded from the figures."
