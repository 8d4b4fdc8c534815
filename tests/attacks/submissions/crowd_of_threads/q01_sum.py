# ruff: noqa
"""Starts three thousand threads with small stacks, more than a process number is left for others.

Threads are bounded by themselves, not only by the memory of their stacks.
"""

import threading

threading.stack_size(2**15)
end = threading.Event()
started = 0
try:
    while started < 3000:
        threading.Thread(target=end.wait, daemon=True).start()
        started += 1
except RuntimeError:
    end.set()
WON = started >= 3000
end.set()


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
