# ruff: noqa
"""Right at first, then answers of other forms, for checks that look at the form of one and use another.

A check gets at an answer only by saying which form it needs, each time; what is compared is compared as a whole.
"""

import numpy as np

calls = {"count": 0, "row_sums": 0, "secret": 0}
OTHERS = [None, [[1.0], [1.0, 2.0]], {"a": 1}, "text", np.ones((2, 3)), True, ()]


def answer(name, right):
    calls[name] += 1
    return right if calls[name] == 1 else OTHERS[calls[name] % len(OTHERS)]


def count(size, step):
    return answer("count", (size + step - 1) // step)


def row_sums(x):
    return answer("row_sums", x.sum(axis=1))


def secret(x):
    return np.array([x.mean()])
