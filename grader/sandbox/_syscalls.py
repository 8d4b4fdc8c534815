"""System calls that Python does not wrap, through libc."""

import contextlib
import ctypes
import os
import platform
import struct

_PR_SET_PDEATHSIG = 1
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_CHILD_SUBREAPER = 36

_CAPABILITIES_VERSION_3 = 0x20080522
_CAPSET = {"x86_64": 126, "aarch64": 91}

_libc = ctypes.CDLL(None, use_errno=True)


def syscall(number: int, *arguments: object) -> int:
    """Call by number; raises OSError when the kernel refuses."""
    result = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def prctl(option: int, *arguments: object) -> int:
    """Raises OSError when the kernel refuses."""
    padded = [*arguments, *[ctypes.c_ulong(0)] * (4 - len(arguments))]
    result = _libc.prctl(ctypes.c_int(option), *padded)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def no_new_privileges() -> None:
    """No later exec can gain privileges (setuid programs run as the caller)."""
    prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1))


def drop_capabilities() -> None:
    """Give up what distinguishes root from other users; it could raise limits again, or set the clock."""
    if platform.machine() not in _CAPSET:
        return
    for capability in range(64):
        with contextlib.suppress(OSError):  # no such capability, or no privilege to begin with
            prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability))
    header, nothing = struct.pack("Ii", _CAPABILITIES_VERSION_3, 0), bytes(24)
    syscall(_CAPSET[platform.machine()], header, nothing)


def die_with_parent(signal_number: int) -> None:
    """Ask for a signal when the parent process ends."""
    prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal_number))


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends (daemons)."""
    prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(1))
