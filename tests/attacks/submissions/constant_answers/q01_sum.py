# ruff: noqa
"""Answers with constants that are right for some inputs.

Inputs are drawn afresh in every run, and all of a check's cases must hold.
"""

import numpy as np


def count(size, step):
    return 1


def row_sums(x):
    return np.zeros(len(x), np.float32)


def secret(x):
    return 0.0
