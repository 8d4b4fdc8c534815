# ruff: noqa
"""Writes twice what all files together may have: whole, removed and still open, removed and still mapped.

The sum is bounded, not only each file.
"""

import mmap
import os

CHUNK, EACH, TOTAL = bytes([1]) * 2**20, 48, 512
WON = False
kept = []


def fill(how):
    for number in range(TOTAL // EACH + 1):
        stream = open(f"{how}{number}", "w+b")
        if how != "left":
            os.unlink(stream.name)
        if how == "mapped":
            stream.truncate(EACH * 2**20)
            kept.append(mmap.mmap(stream.fileno(), EACH * 2**20))
        for part in range(EACH):
            if how == "mapped":
                os.pwrite(stream.fileno(), CHUNK, part * 2**20)
            else:
                stream.write(CHUNK)
        stream.flush()
        if how == "mapped":
            stream.close()
        else:
            kept.append(stream)


for how in ("left", "open", "mapped"):
    try:
        fill(how)
        WON = True
    except (OSError, ValueError):
        for stream in kept:
            stream.close()
        kept.clear()
        for name in os.listdir("."):
            os.unlink(name)


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
