# ruff: noqa
"""Answers with arrays of few bytes and many axes, which cost a hundred times their size when they are looked at.

An array is looked at piece by piece, and nothing writes out one that is not shown.
"""

import numpy as np

ARRAYS = [
    np.ones((2,) * 15 + (128,), np.int8),
    np.full((4,) * 9, np.nan, np.float16),
    np.full((7,) * 7, 2.5),
    np.ones((1,) * 15 + (2**20,), np.complex64),
    np.zeros((0, 2**25), np.int64),
    np.ones(60 * 2**20, bool),
]
turn = iter(ARRAYS * 1000)


def count(size, step):
    return next(turn)


def row_sums(x):
    return [next(turn), {"a": next(turn)}]


def secret(x):
    return next(turn)
