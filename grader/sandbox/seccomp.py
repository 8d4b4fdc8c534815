"""Seccomp: a filter on system calls (Linux, x86-64 and 64-bit Arm).

A worker computes, reads and writes files, starts threads.  Refused is what reaches beyond that:

- other programs and processes: to start, trace, signal, limit, slow down or look into one;
- what outlives the worker or leads to another one: queues, segments, semaphores, keys, names of sockets, locks
  and watches of files that both can read, attributes and times of files;
- what makes a worker look as if the machine were slow: being nice, being bound to a busy core, being stopped;
- memory that ``RLIMIT_DATA`` does not count: shared anonymous, growing stacks, memfds, kernel objects;
- namespaces, mounts, users, settings of the machine, and every call that is newer than this list.
"""

import ctypes
import errno
import os
import platform
import signal
import struct
import sys

from grader.sandbox import _bpf, _calls, _syscalls

__all__ = ["apply", "available"]

NAME = "seccomp"

_PR_GET_SECCOMP, _PR_SET_SECCOMP, _MODE_FILTER = 21, 22, 2
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# Permissions and times of files: harmless where all that can be reached is the worker's own or read-only. Landlock
# holds nobody back from them. Owners are never changed: to ask for no change is everybody's right, and leaves a time.
_METADATA = (
    *("chmod", "fchmod", "fchmodat", "fchmodat2"),
    *("utime", "utimes", "futimesat", "utimensat"),
)
# Programs go on without what is unknown; they may give up at what is forbidden.
_UNKNOWN = (
    *("clone3", "cachestat", "io_setup"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register"),
)

_CLONE_THREAD = 0x10000
_CLONE_NEW = 0x7E020000  # namespaces of every kind
_MAP_SHARED_ANONYMOUS = 0x21
_MAP_GROWSDOWN = 0x100
_ADVICE = (
    12,
    100,
    101,
)  # MADV_MERGEABLE, HWPOISON, SOFT_OFFLINE: pages shared with others, or taken away
_AF_UNIX, _SOCK_STREAM, _SOCK_KIND = 1, 1, 0xF
_STOPS = (
    (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
    if sys.platform == "linux"
    else ()
)
_FCNTL = (
    0,
    1,
    2,
    3,
    4,
    1030,
    1032,
    1034,
)  # F_DUPFD, F_GETFD ... F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ, F_GET_SEALS
_IOCTL = (
    0x5401,
    0x802C542A,
    0x5413,
    0x541B,
    0x5421,
    0x5450,
    0x5451,
)  # what kind of stream, its size, blocking
# Locks hold off other processes, of which a worker has none, and are seen through every file that several workers may
# read: they are granted and not made. tensorstore, under orbax, writes nothing without one.
_LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW
# Names of threads and of memory, huge pages, and looking.
_PRCTL_SET = (15, 41, 0x53564D41)
_PRCTL_GET = (2, 3, 7, 16, 21, 23, 25, 27, 30, 37, 39, 42, 51, 56, 64, 0x41555856)


def available() -> bool:
    """Whether this machine is one the filter is written for and its kernel takes filters."""
    if sys.platform != "linux" or platform.machine() not in _AUDIT:
        return False
    try:
        return _syscalls.prctl(_PR_GET_SECCOMP) >= 0
    except OSError:
        return False


def apply(metadata: bool) -> None:
    """Filter this process's system calls and its descendants'; irrevocable.

    Args:
        metadata: whether permissions and times of files may be changed.
    """
    filtered = program(platform.machine(), os.getpid(), metadata)
    buffer = ctypes.create_string_buffer(filtered, len(filtered))
    header = struct.pack("HxxxxxxP", len(filtered) // 8, ctypes.addressof(buffer))
    _syscalls.no_new_privileges()
    _syscalls.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), header)


def program(machine: str, process: int, metadata: bool) -> bytes:
    """The filter for a machine and for the process that it will confine."""
    refuse, unknown = _bpf.answer(errno.EPERM), _bpf.answer(errno.ENOSYS)
    granted = _bpf.answer(0)
    rules = _rules(process, refuse, granted)
    allowed = set(_METADATA) if metadata else set()
    parts = [_bpf.head(_AUDIT[machine])]
    for name, number in sorted(_calls.numbers(machine).items(), key=lambda call: call[1]):
        if name in rules:
            parts.append(_bpf.on_call(number, *rules[name]))
        elif name not in allowed:
            answer = granted if name == "flock" else unknown if name in _UNKNOWN else refuse
            parts.append(_bpf.on_call(number, otherwise=answer))
    parts += [_bpf.on_range(*numbers, unknown) for numbers in _calls.UNKNOWN[machine]]
    return b"".join((*parts, _bpf.allow()))


def _rules(process: int, refuse: bytes, granted: bytes) -> dict[str, tuple[bytes, ...]]:
    """The calls of which some are allowed, and the tests that these pass."""
    itself = _bpf.require(0, (process,), refuse)
    alive = {argument: _bpf.forbid(argument, _STOPS, refuse) for argument in (1, 2)}
    return {
        # With 0 a signal would reach the whole group; a limit is read and set on the caller itself.
        "kill": (itself, alive[1]),
        "rt_sigqueueinfo": (itself, alive[1]),
        "tgkill": (itself, alive[2]),
        "rt_tgsigqueueinfo": (itself, alive[2]),
        "prlimit64": (_bpf.require(0, (0, process), refuse),),
        "clone": (
            _bpf.require_any_bit(0, _CLONE_THREAD, refuse),
            _bpf.forbid_any_bit(0, _CLONE_NEW, refuse),
        ),
        "mmap": (
            _bpf.forbid_any_bit(3, _MAP_GROWSDOWN, refuse),
            _bpf.forbid_all_bits(3, _MAP_SHARED_ANONYMOUS, refuse),
        ),
        "madvise": (_bpf.forbid(2, _ADVICE, _bpf.answer(errno.EINVAL)),),
        # Pairs of streams cannot be sent elsewhere; those of datagrams can, to any path.
        "socketpair": (
            _bpf.require(0, (_AF_UNIX,), refuse),
            _bpf.require_masked(1, _SOCK_KIND, _SOCK_STREAM, refuse),
        ),
        "sendto": (_bpf.require_null(4, refuse),),
        "fcntl": (_bpf.forbid(1, _LOCKS, granted), _bpf.require(1, _FCNTL, refuse)),
        "ioctl": (_bpf.require(1, _IOCTL, _bpf.answer(errno.ENOTTY)),),
        "prctl": (_bpf.require(0, (*_PRCTL_SET, *_PRCTL_GET), refuse),),
    }
