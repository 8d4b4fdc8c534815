# ruff: noqa
"""Starts a process in a session of its own, twice removed, which would still run when the marks are read."""

import os
import subprocess
import sys

AGAIN = "import subprocess; subprocess.Popen(['/usr/bin/sleep', '600'], start_new_session=True)"
try:
    subprocess.run([sys.executable, "-I", "-c", AGAIN], start_new_session=True)
except OSError:
    pass


def count(size, step):
    return None


def row_sums(x):
    return None


def secret(x):
    return None
