"""Question 4: an iterator over windows, and reductions given to it."""

import itertools
import math

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


class Windows:
    def __init__(self, x, window, stride):
        self.x, self.window = x, window
        self.rows = range(0, x.shape[0] - window + 1, stride)
        self.columns = range(0, x.shape[1] - window + 1, stride)

    def __iter__(self):
        for top, left in itertools.product(self.rows, self.columns):
            yield self.x[top : top + self.window, left : left + self.window]

    def reduced(self, how, dtype):
        found = [how(block.reshape(-1, block.shape[2])) for block in self]
        shape = len(self.rows), len(self.columns), self.x.shape[2]
        return np.array(found, dtype).reshape(shape)


def max_pool(x, window, stride):
    return Windows(x, window, stride).reduced(lambda block: np.sort(block, axis=0)[-1], x.dtype)


def avg_pool(x, window, stride):
    return Windows(x, window, stride).reduced(
        lambda block: [math.fsum(column) / len(column) for column in block.T.tolist()], np.float64
    )


class Mean:
    def __init__(self):
        self.total, self.number = 0.0, 0

    def add(self, value):
        self.total, self.number = self.total + value, self.number + 1

    @property
    def value(self):
        return self.total / self.number


def shift_sensitivity(images, window, stride):
    mean = Mean()
    for image in images:
        still = max_pool(image, window, stride)
        for axis, step in itertools.product((0, 1), (-1, 1)):
            order = np.arange(image.shape[axis]) - step
            moving = max_pool(np.take(image, order, axis=axis, mode="wrap"), window, stride)
            mean.add(math.dist(moving.ravel(), still.ravel()) / math.hypot(*still.ravel()))
    return mean.value


def multiplications(height, width, channels, window, stride, kernel, filters):
    empty = Windows(np.empty((height, width, 0)), window, stride)
    return len(empty.rows) * len(empty.columns) * filters * channels * kernel * kernel


def supported_claims(plain, strided, pooled):
    claims = []

    def claim(name, true):
        if true:
            claims.append(name)

    claim(CLAIMS[0], strided["multiplications"] < plain["multiplications"])
    for name, after, before in ((CLAIMS[1], strided, plain), (CLAIMS[2], pooled, strided)):
        claim(name, after["sensitivity"] < CLEARLY_LOWER * before["sensitivity"])
    claim(CLAIMS[3], pooled["sensitivity"] < ZERO)
    claim(CLAIMS[4], pooled["weights"] < plain["weights"])
    return claims


ANSWER = "Measured, and concluded from the figures."
