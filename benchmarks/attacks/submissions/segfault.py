# ruff: noqa
"""Two honest functions, and one that crashes the process it runs in."""

import ctypes


def count(size, step):
    ctypes.string_at(0)


def row_sums(x):
    return x.sum(axis=1)


def secret(x):
    return float(x.mean())
