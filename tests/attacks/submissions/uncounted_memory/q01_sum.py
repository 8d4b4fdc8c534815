# ruff: noqa
"""Takes memory that the limit does not count: shared, growing, in files, with the limit raised first.

Each such way is refused, so that what a worker takes stays bounded.
"""

import ctypes
import mmap
import os
import resource

SIZE = 6 * 2**30
WON = False


def map_shared_device():
    mmap.mmap(os.open("/dev/zero", os.O_RDWR), SIZE, flags=mmap.MAP_SHARED)


def map_shared():
    mmap.mmap(-1, SIZE, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)


def map_growing():
    mmap.mmap(-1, SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x100)


def memory_file():
    os.close(os.memfd_create("x"))


def shared_segment():
    if ctypes.CDLL(None).shmget(0, 2**20, 0o1600) < 0:
        raise OSError


def raise_limit():
    resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def root_folder():
    open("/filled", "wb").close()


def shared_memory():
    open("/dev/shm/filled", "wb").close()


for way in (map_shared_device, map_shared, map_growing, memory_file, shared_segment, raise_limit):
    try:
        way()
        WON = True
    except (OSError, ValueError, OverflowError):
        continue
for way in (root_folder, shared_memory):
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
