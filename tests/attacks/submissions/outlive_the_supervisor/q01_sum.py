# ruff: noqa
"""Leaves a process in a session of its own that kills its supervisor, takes off every mark, and goes on writing.

Nothing that a submission starts outlives its worker.
"""

import ctypes
import os
import resource
import signal
import time

PLACE = ""  # where the process that is left writes its number; the test says
boss = os.getppid()


def stay():
    """In a session of its own, without a parent, with other limits and no environment."""
    os.setsid()
    if os.fork():
        os._exit(0)
    ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)
    for limit in range(16):
        soft, hard = resource.getrlimit(limit)
        try:
            resource.setrlimit(limit, (soft, soft))
            if limit == 10:
                resource.setrlimit(limit, (7, 7))
        except (OSError, ValueError):
            pass
    os.environ.clear()
    os.closerange(0, 100)
    if PLACE:
        with open(PLACE, "w") as stream:
            stream.write(f"{os.getpid()}")
    os.kill(boss, signal.SIGKILL)
    time.sleep(60)


try:
    if os.fork() == 0:
        try:
            stay()
        finally:
            os._exit(0)
    time.sleep(0.5)
except OSError:
    pass
WON = False


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
