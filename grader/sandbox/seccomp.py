"""Seccomp: a filter on system calls, written as classic BPF (Linux, x86-64 and 64-bit Arm).

Refused are: new processes (threads are fine: fork bombs and daemons end here, also for root, whom
``RLIMIT_NPROC`` ignores), memory that ``RLIMIT_DATA`` does not count (shared anonymous, growing stacks, memfds),
reading, tracing, signalling or limiting other processes, sockets (a local one could reach a host's service;
pairs are fine), namespaces, mounts, keys, kernel interfaces.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from typing import NamedTuple

from grader.sandbox import _syscalls

__all__ = ["apply", "available"]

NAME = "seccomp"

_PR_GET_SECCOMP, _PR_SET_SECCOMP, _MODE_FILTER = 21, 22, 2
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_LOAD, _JUMP_EQUAL, _JUMP_SET, _JUMP_GREATER_EQUAL, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_NUMBER, _ARCH, _FIRST_ARGUMENT = 0, 4, 16
_X32_BIT = 0x40000000

_CLONE_THREAD = 0x10000
_MAP_SHARED_ANONYMOUS = 0x21
_MAP_GROWSDOWN = 0x100


class _Machine(NamedTuple):
    audit: int
    refused: dict[str, int]
    own_only: dict[str, int]  # their first argument is a process: only the caller itself
    clone: int
    clone3: int
    mmap: int


_COMMON = {
    "pidfd_send_signal": 424,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "pidfd_open": 434,
    "pidfd_getfd": 438,
    "mount_setattr": 442,
    "process_madvise": 440,
    "memfd_secret": 447,
    "process_mrelease": 448,
}
_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        _COMMON
        | {"fork": 57, "vfork": 58, "ptrace": 101, "pivot_root": 155, "chroot": 161, "acct": 163}
        | {
            "mount": 165,
            "umount2": 166,
            "swapon": 167,
            "swapoff": 168,
            "reboot": 169,
            "init_module": 175,
        }
        | {"delete_module": 176, "add_key": 248, "request_key": 249, "keyctl": 250, "unshare": 272}
        | {"shmget": 29, "perf_event_open": 298, "name_to_handle_at": 303, "open_by_handle_at": 304}
        | {"setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "finit_module": 313}
        | {
            "kexec_load": 246,
            "kexec_file_load": 320,
            "memfd_create": 319,
            "bpf": 321,
            "userfaultfd": 323,
        }
        | {"socket": 41, "tkill": 200},
        own_only={"kill": 62, "rt_sigqueueinfo": 129, "tgkill": 234}
        | {"rt_tgsigqueueinfo": 297, "prlimit64": 302},
        clone=56,
        clone3=435,
        mmap=9,
    ),
    "aarch64": _Machine(
        0xC00000B7,
        _COMMON
        | {"ptrace": 117, "pivot_root": 41, "chroot": 51, "acct": 89, "mount": 40, "umount2": 39}
        | {"swapon": 224, "swapoff": 225, "reboot": 142, "init_module": 105, "delete_module": 106}
        | {"add_key": 217, "request_key": 218, "keyctl": 219, "unshare": 97, "shmget": 194}
        | {"perf_event_open": 241, "name_to_handle_at": 264, "open_by_handle_at": 265, "setns": 268}
        | {
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "finit_module": 273,
            "kexec_load": 104,
        }
        | {"kexec_file_load": 294, "memfd_create": 279, "bpf": 280, "userfaultfd": 282}
        | {"socket": 198, "tkill": 130},
        own_only={"kill": 129, "tgkill": 131, "rt_sigqueueinfo": 138}
        | {"rt_tgsigqueueinfo": 240, "prlimit64": 261},
        clone=220,
        clone3=435,
        mmap=222,
    ),
}


def available() -> bool:
    """Whether this machine is one the filter is written for and its kernel takes filters."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES:
        return False
    try:
        return _syscalls.prctl(_PR_GET_SECCOMP) >= 0
    except OSError:
        return False


def apply() -> None:
    """Filter this process's system calls and its descendants'; irrevocable."""
    program = _program(_MACHINES[platform.machine()])
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    _syscalls.no_new_privileges()
    _syscalls.prctl(_PR_SET_SECCOMP, ctypes.c_ulong(_MODE_FILTER), header)


def _program(machine: _Machine) -> bytes:
    def step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("HBBI", code, if_true, if_false, value)

    def answer(code: int) -> bytes:
        return step(_RETURN, 0x00050000 | code)

    def when_number(number: int, *then: bytes) -> bytes:
        """``then`` must end in a return; otherwise the number stays loaded."""
        return step(_JUMP_EQUAL, number, 0, len(then)) + b"".join(then)

    def on_itself(number: int, allowed: int) -> bytes:
        """The call with 0 may mean the caller (``prlimit64``) or its whole group (``kill``)."""
        test = (
            step(_LOAD, argument[0]),
            step(_JUMP_EQUAL, allowed, 1, 0),
            step(_JUMP_EQUAL, os.getpid(), 0, 1),
            allow,
            refuse,
        )
        return when_number(number, *test)

    allow = step(_RETURN, _ALLOW)
    refuse = answer(errno.EPERM)
    argument = [_FIRST_ARGUMENT + 8 * i for i in range(6)]
    program = [
        step(_LOAD, _ARCH),
        step(_JUMP_EQUAL, machine.audit, 1, 0),
        step(_RETURN, _KILL),  # another instruction set's numbers mean other calls
        step(_LOAD, _NUMBER),
        step(_JUMP_GREATER_EQUAL, _X32_BIT, 0, 1),
        step(_RETURN, _KILL),
        # glibc falls back to clone, whose flags can be read, when clone3 is unknown.
        when_number(machine.clone3, answer(errno.ENOSYS)),
        when_number(
            machine.clone,
            step(_LOAD, argument[0]),
            step(_JUMP_SET, _CLONE_THREAD, 0, 1),
            allow,
            refuse,
        ),
        when_number(
            machine.mmap,
            step(_LOAD, argument[3]),
            step(_JUMP_SET, _MAP_GROWSDOWN, 2, 0),
            # both bits: shared and anonymous
            step(0x54, _MAP_SHARED_ANONYMOUS),  # A &= k
            step(_JUMP_EQUAL, _MAP_SHARED_ANONYMOUS, 0, 1),
            refuse,
            allow,
        ),
        *(
            on_itself(number, 0 if name == "prlimit64" else os.getpid())
            for name, number in sorted(machine.own_only.items())
        ),
        *(when_number(number, refuse) for number in sorted(machine.refused.values())),
        allow,
    ]
    return b"".join(program)
