"""Processes that a worker without walls leaves behind, found and ended (level 0).

A supervisor adopts what its worker leaves.  Code that kills the supervisor first is adopted by this process instead,
for as long as there are such workers.  It is told from this process's own children by a mark that every descendant
of a worker inherits and none can wipe off: a limit that may be lowered and never be raised, on locks of a kind that
Linux has not counted since 2003.
"""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import ClassVar

from grader.sandbox import _syscalls
from grader.sandbox._containment import Containment

__all__ = ["VARIABLE", "Orphans", "wear"]

VARIABLE = "GRADER_WORKER"  # the mark where there is no such limit: a program can wipe it off

_RLIMIT_LOCKS = 10
_HIGHEST = 2**48
_SECONDS = 5.0


def wear(mark: int) -> None:
    """Put the mark on this process and its descendants; irrevocable for who is not root."""
    if sys.platform != "linux":
        return
    import resource

    _, hard = resource.getrlimit(_RLIMIT_LOCKS)
    mark = mark if hard == resource.RLIM_INFINITY else min(mark, hard)
    resource.setrlimit(_RLIMIT_LOCKS, (mark, mark))
    _syscalls.drop_capability(_syscalls.CAP_SYS_RESOURCE)  # root could raise it again


class Orphans(Containment):
    """What one worker may leave; ``mark`` is to be worn by the worker.

    From the first of them that is made to the last that is closed, this process adopts orphans.
    """

    _lock = threading.Lock()
    _alive: ClassVar[set["Orphans"]] = set()

    def __init__(self) -> None:
        self.mark = _HIGHEST + secrets.randbelow(_HIGHEST)
        with self._lock:
            if not self._alive and sys.platform == "linux":
                _syscalls.adopt_orphans()
            self._alive.add(self)

    def close(self) -> None:
        """End every process that wears the mark, and those adopted whose mark was changed."""
        with self._lock:
            if self not in self._alive:
                return
            self._end()
            self._alive.discard(self)
            if not self._alive and sys.platform == "linux":
                _syscalls.adopt_orphans(False)

    def _end(self) -> None:
        find = self._find if os.path.isdir("/proc/self/task") else self._find_by_environment
        deadline = time.monotonic() + _SECONDS
        # Each may have started another one while it was looked for.
        while (found := find()) and time.monotonic() < deadline:
            for process in found:
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)
                with contextlib.suppress(OSError):  # adopted by another process: not ours to bury
                    os.waitpid(process, os.WNOHANG)

    def _find(self) -> list[int]:
        others = {str(one.mark) for one in self._alive if one is not self}
        mine = _limit("self")
        found = []
        for process, parent, dead in _processes():
            adopted = parent == os.getpid()
            worn = _limit(process)
            changed = adopted and worn not in {None, mine, *others}
            if (worn == str(self.mark) or changed) and (adopted or not dead):
                found.append(process)
        return found

    def _find_by_environment(self) -> list[int]:
        if sys.platform != "darwin":
            return []
        return with_variable(f"{VARIABLE}={self.mark}", _list_with_environments)


def with_variable(setting: str, listing: Callable[[], str]) -> list[int]:
    """The processes in a listing of numbers and command lines with environments that have the setting."""
    lines = (line.split() for line in listing().splitlines())
    return [int(words[0]) for words in lines if words and words[0].isdigit() and setting in words]


def _list_with_environments() -> str:
    listing = ["/bin/ps", "-A", "-E", "-ww", "-o", "pid=,command="]
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run(
            listing, capture_output=True, timeout=_SECONDS, check=False
        ).stdout.decode("utf-8", "replace")
    return ""


def _processes() -> Iterator[tuple[int, int, bool]]:
    """Every process: its number, its parent, whether it is dead and not buried."""
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, IndexError, ValueError):
            with open(f"/proc/{entry}/stat", "rb") as stream:
                fields = stream.read().rpartition(b")")[2].split()
            yield int(entry), int(fields[1]), fields[0] in (b"Z", b"X")


def _limit(process: int | str) -> str | None:
    """How many locks of the old kind a process may at most allow itself."""
    with contextlib.suppress(OSError), open(f"/proc/{process}/limits", encoding="ascii") as stream:
        for line in stream:
            if line.startswith("Max file locks"):
                return line.split()[4]
    return None
