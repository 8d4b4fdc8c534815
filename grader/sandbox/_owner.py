"""Who made a thing that may outlive its maker, written into the thing's name.

A grader that is killed leaves folders and groups behind.  The next one removes them, but only those whose maker is
certainly gone: numbers of processes are used again, and are other numbers in another container.
"""

import contextlib
import os
import re
import sys

__all__ = ["PATTERN", "is_gone", "mark"]

PATTERN = r"\d+-\d+-\d+"
_GONE = "ZX"  # what is left of a process until its parent has looked


def mark() -> str:
    """This process: the namespace in which its number counts, the number, when it started."""
    process = os.getpid()
    _, start = _state(process)
    return f"{_namespace()}-{process}-{start}"


def is_gone(mark: str) -> bool:
    """Whether the process of that mark has certainly ended."""
    if not re.fullmatch(PATTERN, mark):
        return False
    namespace, process, start = map(int, mark.split("-"))
    if namespace != _namespace():
        return False
    if namespace:
        state, began = _state(process)
        return began != start or state in _GONE
    if os.name != "posix":
        return False
    with contextlib.suppress(PermissionError):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
    return False


def _namespace() -> int:
    """A number for the namespace of processes; 0 where there is no /proc to tell processes apart."""
    with contextlib.suppress(OSError):
        return os.stat("/proc/self/ns/pid").st_ino if sys.platform == "linux" else 0
    return 0


def _state(process: int) -> tuple[str, int]:
    """State and start of a process; nothing and 0 when there is none."""
    try:
        with open(f"/proc/{process}/stat", "rb") as stream:
            fields = stream.read().rpartition(b")")[2].split()
        return fields[0].decode(), int(fields[19])
    except (OSError, IndexError, ValueError):
        return "", 0
