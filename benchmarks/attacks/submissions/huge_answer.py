# ruff: noqa
"""Two honest functions, and one whose answer has a key of 30 million characters."""


def count(size, step):
    return {"A" * 30_000_000: 1.0}


def row_sums(x):
    return x.sum(axis=1)


def secret(x):
    return float(x.mean())
