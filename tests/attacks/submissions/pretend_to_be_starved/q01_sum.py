# ruff: noqa
"""Makes itself slow or stops itself, so that a busy machine seems to be to blame.

What changes how a process is scheduled is refused, also on the process itself, and so are the signals that stop it.
"""

import ctypes
import fcntl
import os
import platform
import signal
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
WON = False
boss = os.getppid()


def libc(result):
    if result < 0:
        raise OSError


def timer():
    libc(LIBC.syscall(222 if X86 else 107, 0, struct.pack("Qii6Q", 0, 19, 0, *[0] * 6), bytes(8)))


def signal_of_a_pipe():
    fcntl.fcntl(os.pipe()[0], 10, signal.SIGSTOP)


ways = [
    lambda: os.nice(5),
    lambda: os.setpriority(os.PRIO_PROCESS, 0, 19),
    lambda: os.setpriority(os.PRIO_PROCESS, boss, 19),
    lambda: os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)),
    lambda: os.sched_setscheduler(boss, os.SCHED_IDLE, os.sched_param(0)),
    lambda: os.sched_setparam(0, os.sched_param(0)),
    lambda: os.sched_setaffinity(0, {0}),
    lambda: os.sched_setaffinity(boss, {0}),
    lambda: libc(LIBC.syscall(251 if X86 else 30, 1, 0, 3 << 13)),
    lambda: libc(LIBC.prctl(29, ctypes.c_ulong(10**10), 0, 0, 0)),
    timer,
    signal_of_a_pipe,
    os.setsid,
    lambda: os.setpgid(0, 0),
]
stops = (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
for number in stops:
    ways += [
        lambda number=number: os.kill(os.getpid(), number),
        lambda number=number: signal.raise_signal(number),
        lambda number=number: signal.pthread_kill(__import__("threading").get_ident(), number),
        lambda number=number: libc(
            LIBC.syscall(129 if X86 else 138, os.getpid(), number, bytes(128))
        ),
    ]
for way in ways:
    try:
        way()
        WON = True
    except OSError:
        continue


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
