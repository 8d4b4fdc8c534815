"""What this process may use of the machine, the bounds of its container included."""

import contextlib
import os
from pathlib import Path

import psutil

__all__ = ["free_bytes", "usable_cores"]

_GROUP = Path("/sys/fs/cgroup")


def usable_cores() -> float:
    """Cores that this process may use; a container may give part of one."""
    usable = getattr(os, "sched_getaffinity", None)
    cores: float = len(usable(0)) if usable else os.cpu_count() or 1
    with contextlib.suppress(OSError, ValueError):  # "max", or no such limits here
        quota, period = (_GROUP / "cpu.max").read_text(encoding="ascii").split()
        cores = min(cores, int(quota) / int(period))
    return cores


def free_bytes() -> float:
    """Memory that is free: the machine's, and what the container leaves."""
    free = psutil.virtual_memory().available
    with contextlib.suppress(OSError, ValueError):
        most = int((_GROUP / "memory.max").read_text(encoding="ascii"))
        free = min(free, most)
        used = int((_GROUP / "memory.current").read_text(encoding="ascii"))
        free = min(free, most - used)
    return free
