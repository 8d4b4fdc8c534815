# ruff: noqa
"""Leaves a queue, semaphores, a segment, a key for the next submission or for its own second worker.

Such objects outlive the process that makes them, and lead from one worker to another. None can be made, found or used.
"""

import ctypes
import platform

LIBC = ctypes.CDLL(None, use_errno=True)
KEY = 0x6772  # the same for everybody
X86 = platform.machine() == "x86_64"
WON = False
ways = [
    lambda: LIBC.shmget(KEY, 4096, 0o1666),
    lambda: LIBC.msgget(KEY, 0o1666),
    lambda: LIBC.semget(KEY, 1, 0o1666),
    lambda: LIBC.shmat(0, None, 0),
    lambda: LIBC.msgsnd(0, b"\1" + bytes(15), 8, 0o4000),
    lambda: LIBC.msgrcv(0, bytes(64), 8, 0, 0o4000),
    lambda: LIBC.semctl(0, 0, 12, 0),
    lambda: LIBC.syscall(240 if X86 else 180, b"grader-attack", 0o102, 0o666, None),
    lambda: LIBC.syscall(248 if X86 else 217, b"user", b"grader-attack", b"x", 1, -5),
    lambda: LIBC.syscall(250 if X86 else 219, 0, -3, 1),
]
for way in ways:
    if way() >= 0:
        WON = True
    elif ctypes.get_errno() != 1:  # asked for, and not to be had: another one might be
        WON = True


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
