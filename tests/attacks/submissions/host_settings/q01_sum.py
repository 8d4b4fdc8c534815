# ruff: noqa
"""Writes the host's settings and devices, as root could: core_pattern, sysrq, kernel logs, clock.

/proc and / are read-only at level 2; capabilities are dropped at levels 1 and 2.
"""

import os
import time

WON = False
for path in (
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/sysrq-trigger",
    "/proc/1/mem",
    "/proc/1/oom_score_adj",
    "/sys/kernel/uevent_helper",
    "/sys/fs/cgroup/cgroup.procs",
    "/dev/kmsg",
    "/dev/mem",
):
    try:
        os.close(os.open(path, os.O_WRONLY))
        WON = True
    except OSError:
        continue
try:
    time.clock_settime(time.CLOCK_REALTIME, time.time())
    WON = True
except OSError:
    pass


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
