# ruff: noqa
"""Brings compiled bytecode of another program under the names that an import would prefer.

The file is loaded by its path; only the files that the manifest names are copied.
"""


def count(size, step):
    return None


def row_sums(x):
    return None


def secret(x):
    return None
