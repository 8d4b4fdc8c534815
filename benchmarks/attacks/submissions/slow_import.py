# ruff: noqa
"""Takes as long as it may at each start, and makes a new start necessary at each call."""

import os
import time

time.sleep(25)


def count(size, step):
    os._exit(0)


def row_sums(x):
    os._exit(0)


def secret(x):
    os._exit(0)
