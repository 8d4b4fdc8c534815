# ruff: noqa
"""Reaches for the environment and the memory of other processes of the same user through /proc."""

import os

WON = False
for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != os.getpid():
        try:
            with open(f"/proc/{name}/environ", "rb") as stream:
                WON = WON or b"COURSE_TOKEN" in stream.read()
            os.close(os.open(f"/proc/{name}/mem", os.O_RDWR))
            WON = True
        except OSError:
            continue


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
