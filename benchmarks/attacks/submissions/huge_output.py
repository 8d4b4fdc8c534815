# ruff: noqa
"""Two honest functions, and one that prints 64 MB in lines of 1 kB."""


def count(size, step):
    for _ in range(64_000):
        print("x" * 1000)


def row_sums(x):
    return x.sum(axis=1)


def secret(x):
    return float(x.mean())
