"""Control groups: what a submission may take of the machine, all its workers together (Linux, versions 2 and 1).

They bound what no limit of a process counts: shared and mapped memory, files in memory, what the kernel keeps for a
process, and the number of processes and threads.  They also count CPU time of everything inside.
"""

import contextlib
import functools
import itertools
import os
import re
import subprocess
import sys
import weakref
from pathlib import Path

from grader.sandbox import _cgroupfs, _owner
from grader.sandbox._cgroupfs import Place
from grader.sandbox._containment import Containment

__all__ = ["Group", "Shared", "available"]

NAME = "cgroups"

_PREFIX = "grader-"
_NAME = re.compile(rf"{_PREFIX}({_owner.PATTERN})-\w+")
# A worker that waits keeps JAX and what it has compiled; beside one that is full, each other one has this much.
IDLE_BYTES = 2**30
_MIB = 2**20
_TRY_MEMORY, _TRY_PROCESSES = 64 * _MIB, 4
_HOG = "kept = [bytes([1]) * 2**20 for _ in range(256)]"
_CROWD = "import os\nfor _ in range(8): os.fork() or os._exit(0)"
_INSIDE = "import sys\nfor path in sys.argv[2:]: open(path, 'r+').write('0')\nexec(sys.argv[1])"
_numbers = itertools.count(1)


class Group(Containment):
    """The group of one worker.

    Attributes:
        entrances: files into which a process writes 0 to move in.
    """

    def __init__(self, places: list[Place], shared: "Shared") -> None:
        self._places, self._shared = places, shared
        self._last = 0.0
        self.entrances = [str(place.folder / "cgroup.procs") for place in places]

    def cpu_seconds(self) -> float | None:
        """CPU time of the worker so far; after its end what it had taken by then."""
        counting = [place for place in self._places if "cpuacct" in place.controllers]
        if not counting:
            return None
        with contextlib.suppress(OSError):
            self._last = counting[0].cpu_seconds()
        return self._last

    def close(self) -> None:
        self.cpu_seconds()
        for place in self._places:
            place.end()
        self._shared.forget(self)


class Shared:
    """The group of one submission: its workers' groups lie in it and share its bounds.

    :meth:`close` ends everything inside and removes the groups; it happens at the latest with the object.
    """

    def __init__(self) -> None:
        name = f"{_PREFIX}{_owner.mark()}-{next(_numbers)}"
        self._places = [place.child(name) for place in _places()]
        self._bounds: dict[Group, tuple[int, int]] = {}
        self._count = itertools.count(1)
        self.close = weakref.finalize(self, _end, self._places, os.getpid())
        for place in self._places:
            place.share_out()

    def worker(self, memory_bytes: int, processes: int) -> Group:
        """A group for one worker.

        Args:
            memory_bytes: of everything that is kept for it, files in memory included.
            processes: and threads.
        """
        name = f"worker{next(self._count)}"
        group = Group([place.child(name) for place in self._places], self)
        self._bounds[group] = memory_bytes, processes
        memories, counts = zip(*self._bounds.values(), strict=True)
        together = max(memories) + IDLE_BYTES * (len(memories) - 1)
        _limit(self._places, together, sum(counts))
        _limit(group._places, memory_bytes, processes)
        for place in group._places:
            place.die_together()
        return group

    def forget(self, group: Group) -> None:
        """A worker's group is gone."""
        self._bounds.pop(group, None)


def _end(places: list[Place], maker: int) -> None:
    """End what is in the groups and remove them; a copy of the process that made them leaves them alone."""
    if os.getpid() == maker:
        for place in places:
            place.end()


def _limit(places: list[Place], memory_bytes: int, processes: int) -> None:
    for place in places:
        if "memory" in place.controllers:
            place.limit_memory(memory_bytes)
        if "pids" in place.controllers:
            place.limit_processes(processes)


@functools.cache
def _places() -> tuple[Place, ...]:
    """Where groups can be made on this machine; what earlier graders left there is swept."""
    if sys.platform != "linux":
        return ()
    try:
        mounted = _cgroupfs.mounts(Path("/proc/self/mountinfo").read_text(encoding="utf-8"))
        own = _cgroupfs.own_groups(Path("/proc/self/cgroup").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    places = tuple(_cgroupfs.find(mounted, own, f"{_PREFIX}{_owner.mark()}-self"))
    for place in places:
        sweep(place)
    return places


def sweep(place: Place) -> None:
    """Remove the groups of graders that ended without removing them."""
    with contextlib.suppress(OSError):
        for folder in list(place.folder.iterdir()):
            named = _NAME.fullmatch(folder.name)
            if named and _owner.is_gone(named[1]):
                place._replace(folder=folder).end()


@functools.cache
def available() -> bool:
    """Whether groups can be made here and hold: tried once in a process, with one that takes too much."""
    if not _places():
        return False
    try:
        shared = Shared()
    except OSError:
        return False
    try:
        return _holds(shared)
    except OSError:
        return False
    finally:
        shared.close()


def _holds(shared: Shared) -> bool:
    """Whether what takes too much memory is killed, and what starts too many processes is refused."""
    for program in (_HOG, _CROWD):
        group = shared.worker(_TRY_MEMORY, _TRY_PROCESSES)
        command = [sys.executable, "-I", "-S", "-c", _INSIDE, program, *group.entrances]
        try:
            done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            return False
        finally:
            group.close()
        refused = b"BlockingIOError" in done.stderr
        if not (refused if program is _CROWD else done.returncode == -9):
            return False
    return True
