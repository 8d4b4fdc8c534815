"""System calls that Python does not wrap, through libc."""

import contextlib
import ctypes
import os
import platform
import struct
from typing import Any

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_CHILD_SUBREAPER = 36

_CLONE_NEWNS = 0x20000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC = 2, 4, 8
_MS_RDONLY, _MS_REMOUNT, _MS_RELATIME = 1, 0x20, 0x200000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000

_CAPABILITIES_VERSION_3 = 0x20080522
_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPGET = {"x86_64": 125, "aarch64": 90}
CAP_SYS_RESOURCE = 24

_libc: Any = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None


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
    _bound_capabilities()
    header, nothing = struct.pack("Ii", _CAPABILITIES_VERSION_3, 0), bytes(24)
    syscall(_CAPSET[platform.machine()], header, nothing)


def _bound_capabilities() -> None:
    """No program that is started later has privileges either."""
    for capability in range(64):
        with contextlib.suppress(OSError):  # no such capability, or no privilege to begin with
            prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability))


def drop_capability(capability: int) -> None:
    """Give up one of root's privileges, for descendants too; nothing happens to who has none."""
    if platform.machine() not in _CAPSET:
        return
    with contextlib.suppress(OSError):
        prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability))
    header = struct.pack("Ii", _CAPABILITIES_VERSION_3, 0)
    sets = ctypes.create_string_buffer(24)
    syscall(_CAPGET[platform.machine()], header, sets)
    word, bit = divmod(capability, 32)
    words = list(struct.unpack("6I", sets.raw))
    for kind in range(3):  # effective, permitted, inheritable
        words[3 * word + kind] &= ~(1 << bit)
    syscall(_CAPSET[platform.machine()], header, struct.pack("6I", *words))


def become(user: int) -> None:
    """Be this user from now on, with the group of the same number and no other.

    Raises:
        OSError: without the privilege, or where the number means nobody.
    """
    _bound_capabilities()
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    # Else the process's own part of /proc would stay root's.
    prctl(_PR_SET_DUMPABLE, ctypes.c_ulong(1))


def own_mounts() -> None:
    """From now on what this process and its descendants mount is seen by them alone.

    Raises:
        OSError: without the privilege, as for all of mounting.
    """
    if _libc.unshare(ctypes.c_int(_CLONE_NEWNS)):
        raise OSError(ctypes.get_errno(), "no mount namespace of its own")
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE, None)


def mount_memory(folder: str, options: str) -> None:
    """Mount an empty file system in memory, from which nothing is executed."""
    _mount("tmpfs", folder, "tmpfs", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, options)


def bind(path: str, place: str) -> None:
    """Let a file or folder appear in another place too."""
    _mount(path, place, None, _MS_BIND | _MS_REC, None)


def bind_read_only(path: str) -> None:
    """Let a file or folder be read-only from here; what a device does is not changed by that."""
    bind(path, path)
    flags = os.statvfs(path).f_flag  # those that were set must be set again
    kept = flags & (_MS_NOSUID | _MS_NODEV | _MS_NOEXEC | os.ST_NOATIME | os.ST_NODIRATIME)
    relative = _MS_RELATIME if flags & os.ST_RELATIME else 0
    _mount(None, path, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | relative | kept, None)


def _mount(
    source: str | None, place: str, kind: str | None, flags: int, options: str | None
) -> None:
    names = [text if text is None else os.fsencode(text) for text in (source, place, kind, options)]
    if _libc.mount(*names[:3], ctypes.c_ulong(flags), names[3]):
        code = ctypes.get_errno()
        raise OSError(code, f"mounting at {place}: {os.strerror(code)}")


def die_with_parent(signal_number: int) -> None:
    """Ask for a signal when the parent process ends."""
    prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(signal_number))


def adopt_orphans(adopt: bool = True) -> None:
    """Become, or cease to be, the parent of descendants whose own parent ends (daemons)."""
    prctl(_PR_SET_CHILD_SUBREAPER, ctypes.c_ulong(adopt))
