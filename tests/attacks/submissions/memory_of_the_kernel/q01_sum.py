# ruff: noqa
"""Makes the kernel keep memory that is counted as nobody's: tables for pages that are only looked at, a stack without
end, buffers, contexts of unfinished work.

Address space, stacks and descriptors are bounded, the other objects are refused.
"""

import ctypes
import fcntl
import mmap
import os
import platform
import resource

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
WON = False


def libc(result):
    if result < 0:
        raise OSError


def tables():
    mmap.mmap(-1, 2**40, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=mmap.PROT_READ)


def stack():
    endless = resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_STACK, (endless, endless))


def pipe():
    fcntl.fcntl(os.pipe()[1], 1031, 2**20)


def unfinished_work():
    libc(LIBC.syscall(206 if X86 else 0, 2**15, ctypes.byref(ctypes.c_ulong(0))))


def descriptors():
    made = []
    try:
        for _ in range(1000):
            made += os.pipe()
    finally:
        for handle in made:
            os.close(handle)


def shared_with_others():
    mmap.mmap(-1, 2**20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).madvise(12)


for way in (tables, stack, pipe, unfinished_work, shared_with_others, descriptors):
    try:
        way()
        WON = True
    except (OSError, ValueError):
        continue


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
