# ruff: noqa
"""Lays configuration and look-alike modules beside the stub: conftest.py, sitecustomize.py, pytest.ini, json.py.

Only the files that the manifest names are copied, and the submission's folder is on nobody's path.
"""

import os
import sys

WON = "cheated" in os.environ or hasattr(sys, "cheated")


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
