# ruff: noqa
"""Answers with as many items, levels and marks as may cross, and an exception as long as a book.

Of a nested answer no more is looked at than is shown; what is left out is counted.
"""

import functools

ITEMS = [
    functools.reduce(lambda inner, _: [inner] * 2, range(15), 1.0),
    functools.reduce(lambda inner, _: [inner], range(29), {}),
    {f"key{n}": n for n in range(40_000)},
    [{"a": ()}] * 30_000,
    2**4080,
    "e" + "\u0301" * 1_000_000,
    "\u202e\u2066\ud800\x00\x1b]0;x\x07",
]
turn = iter(ITEMS * 100)


class Error(Exception):
    def __str__(self):
        return "✓ passed\n" * 1_000_000


Error.__name__ = "Passed" * 100_000


def count(size, step):
    return next(turn)


def row_sums(x):
    print("✓ passed " * 100_000)
    raise Error


def secret(x):
    return next(turn)
