# ruff: noqa
"""Looks for the grader's command line, which tells the seed and whose submission is graded beside this one.

At level 1 only the worker's own part of /proc is readable; at level 2 there are no other processes in it.
"""

import os


def of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as stream:
            return stream.read()
    except OSError:
        return b""


def parent(pid):
    try:
        with open(f"/proc/{pid}/stat") as stream:
            return int(stream.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def lines():
    pid = os.getppid()
    while pid > 0:
        yield of(pid)
        pid = parent(pid)
    try:
        numbers = [
            name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()
        ]
    except OSError:
        numbers = []
    yield from map(of, numbers)


# Bubblewrap's own says which folders the worker was given, nothing else.
WON = any(line and b"bwrap" not in line and b"grader.sandbox.enter" not in line for line in lines())


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
