# ruff: noqa
"""Two honest functions, and one that never ends."""


def count(size, step):
    while True:
        pass


def row_sums(x):
    return x.sum(axis=1)


def secret(x):
    return float(x.mean())
