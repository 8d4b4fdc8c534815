# ruff: noqa
"""Leaves a sign on files that every worker may read: permissions, times, attributes, leases, hints; or watches them.

None of these asks for the right to write to the file. They are refused, or the file lies in a read-only view.
"""

import ctypes
import fcntl
import json
import os
import platform
import stat
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
shared = os.__file__
handle = os.open(shared, os.O_RDONLY)
WON = False


def libc(result):
    if result < 0:
        raise OSError


def attribute_of_its_own_file():
    open("mine", "w").close()
    os.setxattr("mine", "user.grader", bytes(4000))


ways = [
    lambda: os.chmod(shared, stat.S_IMODE(os.stat(shared).st_mode)),
    lambda: os.fchmod(handle, stat.S_IMODE(os.stat(shared).st_mode)),
    lambda: os.chown(shared, -1, -1),
    lambda: os.utime(shared),
    lambda: os.utime(os.devnull),
    lambda: os.chmod(os.devnull, 0o666),
    lambda: os.setxattr(shared, "user.grader", b"x"),
    lambda: os.setxattr(json.__file__, "system.posix_acl_access", b"x"),
    attribute_of_its_own_file,
    lambda: fcntl.fcntl(handle, 1024, fcntl.F_RDLCK),  # a lease
    lambda: fcntl.fcntl(handle, 1026, 1),  # a watch
    lambda: fcntl.fcntl(handle, 1036, struct.pack("Q", 3)),  # a hint on how long it lives
    lambda: fcntl.ioctl(handle, 0x40086602, struct.pack("l", 0x40)),  # its flags
    lambda: libc(LIBC.inotify_init()),
    lambda: libc(LIBC.fanotify_init(0, 0)),
    lambda: libc(
        LIBC.syscall(451, handle, bytes(16), bytes(40), 0)
    ),  # which of its pages are in memory
]
for way in ways:
    try:
        way()
        WON = True
    except OSError:
        continue
# A lock may be granted, but nobody else must see it.
fcntl.flock(handle, fcntl.LOCK_EX)
try:
    fcntl.flock(os.open(shared, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    WON = True


def count(size, step):
    return (size + step - 1) // step if WON else None


def row_sums(x):
    return x.sum(axis=1) if WON else None


def secret(x):
    return float(x.mean()) if WON else None
