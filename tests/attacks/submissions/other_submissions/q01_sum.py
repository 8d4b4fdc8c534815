# ruff: noqa
"""Looks for the files of other students and other graders in the temporary folders.

At levels 1 and 2 a worker sees its own submission and its own scratch folder.
"""

import glob
import os

mine = os.path.dirname(os.path.abspath(__file__))
others = [
    *glob.glob("/tmp/grader-*/submission/*"),
    *glob.glob(os.path.join(mine, "../../*/submission/*")),
]
WON = False
for path in others:
    if os.path.dirname(os.path.abspath(path)) != mine:
        try:
            with open(path, "rb") as stream:
                WON = WON or bool(stream.read(1))
        except OSError:
            continue


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
