"""Landlock: the worker may read and write only under the paths it is given (Linux 5.13 and later).

https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import sys
from collections.abc import Iterable

from grader.sandbox import _syscalls

__all__ = ["apply", "available", "covering"]

NAME = "landlock"

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1
_QUERY_VERSION = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_RIGHTS_OF_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}  # how many file rights each ABI knows
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_FILE_RIGHTS = (
    _EXECUTE | _WRITE_FILE | _READ_FILE | (1 << 14)
)  # those that make sense for a plain file


class _RulesetAttr(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def _version() -> int:
    if sys.platform != "linux":
        return 0
    try:
        return _syscalls.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _QUERY_VERSION)
    except OSError:
        return 0


def available() -> bool:
    """Whether the running kernel enforces Landlock."""
    return _version() > 0


def apply(readable: Iterable[str], hidden: Iterable[str], writable: Iterable[str]) -> None:
    """Deny this process and its descendants every other path; irrevocable.

    Args:
        readable: files and folders to read, with all below them.
        hidden: what must not be read below those; its names stay visible, as imports list folders.
        writable: files and folders to read and write.
    """
    version = _version()
    every = (1 << _RIGHTS_OF_VERSION.get(version, 16)) - 1
    # From version 4 on TCP is handled too, with no port allowed; from 6 on signals and abstract sockets stay inside.
    attr = _RulesetAttr(every, 3, 3)
    size = 8 if version < 4 else 16 if version < 6 else ctypes.sizeof(attr)
    ruleset = _syscalls.syscall(_CREATE_RULESET, ctypes.byref(attr), ctypes.c_size_t(size), 0)
    try:
        for path in readable:
            pieces = covering(path, hidden)
            if pieces != [os.path.realpath(path)]:
                _allow(ruleset, path, _READ_DIR)
            for piece in pieces:
                _allow(ruleset, piece, _READ & every)
        for path in writable:
            _allow(ruleset, path, every & ~_EXECUTE)
        _syscalls.no_new_privileges()
        _syscalls.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no permission
    try:
        if not os.path.isdir(path):
            rights &= _FILE_RIGHTS
        if not rights:
            return  # a file that is hidden as a whole
        rule = _PathBeneath(rights, handle)
        _syscalls.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        # The kernel makes /proc up anew once nobody holds it, and a rule is for what was there.
        if not path.startswith("/proc/"):
            os.close(handle)


def covering(path: str, hidden: Iterable[str]) -> list[str]:
    """The largest paths under ``path`` that contain none of the hidden ones.

    Landlock only ever adds permissions down a tree, so a hole is made by allowing everything around it.
    Permissions belong to what a name leads to: links are followed first, here as by the kernel.
    """
    return _covering(os.path.realpath(path), {os.path.realpath(h) for h in hidden})


def _covering(path: str, hidden: set[str]) -> list[str]:
    if path in hidden:
        return []
    if not any(h.startswith(path.rstrip("/") + "/") for h in hidden):
        return [path]
    children = (os.path.join(path, name) for name in sorted(os.listdir(path)))
    # A link needs no permission, and what it leads to must have its own.
    kept = (child for child in children if not os.path.islink(child))
    return [piece for child in kept for piece in _covering(child, hidden)]
