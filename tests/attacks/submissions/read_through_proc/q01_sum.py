# ruff: noqa
"""Reaches for the files of other processes through /proc: root, cwd, fd, environ and memory.

At level 2 only the sandbox's own processes are there; at level 1 Landlock refuses the others.
"""

import glob
import os

WON = False
me = str(os.getpid())


def read(path):
    """A few bytes, without waiting where the path is a pipe."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            return os.read(handle, 10_000)
        finally:
            os.close(handle)
    except OSError:
        return b""


for process in glob.glob("/proc/[0-9]*"):
    if process == "/proc/" + me:
        continue
    for way in ("root", "cwd"):
        for name in ("etc/passwd", "etc/hostname", "root/.bashrc", "tests/grader/test_wire.py"):
            WON = WON or bool(read(f"{process}/{way}/{name}"))
    for name in glob.glob(process + "/fd/*"):
        WON = WON or b"def test_" in read(name)
    WON = WON or b"PYTEST_CURRENT_TEST" in read(process + "/environ")
    try:
        os.close(os.open(process + "/mem", os.O_RDWR))
        WON = True
    except OSError:
        pass


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
