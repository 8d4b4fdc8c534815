"""Where control groups can be made on this machine, and how one is limited, measured and ended: versions 2 and 1.

https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/admin-guide/cgroup-v1/
"""

import contextlib
import errno
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Place", "find", "mounts", "own_groups"]

_SECONDS = 5.0
_NEEDED = frozenset({"memory", "pids"})
_COUNTED = "cpuacct"


class Mount(NamedTuple):
    """One hierarchy of groups, as this process sees it.

    Attributes:
        folder: where it is mounted.
        root: the group that is seen there; a container sees its own.
        controllers: what it limits; empty for version 2, where each group says so itself.
    """

    folder: Path
    root: str
    controllers: frozenset[str]

    @property
    def unified(self) -> bool:
        """Whether it is of version 2."""
        return not self.controllers

    def places_above(self, group: str) -> Iterator[Path]:
        """The folder of a group that is seen here, then those above it."""
        inside = group.removeprefix(self.root.rstrip("/")).strip("/")
        here = self.folder / inside
        if ".." in Path(inside).parts or not here.is_dir():
            here = self.folder
        yield from (here, *(one for one in here.parents if one.is_relative_to(self.folder)))


class Place(NamedTuple):
    """A group, in one hierarchy; a submission and a worker have one in each hierarchy that is needed."""

    folder: Path
    controllers: frozenset[str]
    unified: bool

    def child(self, name: str) -> "Place":
        """The group of that name below this one, made when it is not there."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return self._replace(folder=folder)

    def write(self, file: str, value: object) -> None:
        """Set one of the group's values.

        Raises:
            OSError: when the kernel refuses, or has no such value.
        """
        # Never made: what is not there, the kernel does not have.
        with open(self.folder / file, "r+", encoding="ascii") as stream:
            stream.write(f"{value}\n")

    def read(self, file: str) -> str:
        """One of the group's values."""
        return (self.folder / file).read_text(encoding="ascii")

    def share_out(self) -> None:
        """Let the groups below be limited; only version 2 asks for it."""
        if self.unified:
            self.write("cgroup.subtree_control", " ".join(f"+{name}" for name in sorted(_NEEDED)))

    def limit_memory(self, bytes: int) -> None:
        """Bound what everything in the group takes, swapped or not; the kernel kills what goes beyond."""
        if self.unified:
            self.write("memory.max", bytes)
            with contextlib.suppress(FileNotFoundError):
                self.write("memory.swap.max", 0)
            return
        together = "memory.memsw.limit_in_bytes"
        if (self.folder / together).exists():
            # It may never be the smaller of the two, neither before nor after.
            self.write(together, -1)
        self.write("memory.limit_in_bytes", bytes)
        if (self.folder / together).exists():
            self.write(together, bytes)

    def die_together(self) -> None:
        """When memory ends one of the group's processes, it ends all; only version 2 can."""
        with contextlib.suppress(FileNotFoundError):
            self.write("memory.oom.group", 1)

    def limit_processes(self, count: int) -> None:
        """Bound the processes and threads in the group; more are refused."""
        self.write("pids.max", count)

    def cpu_seconds(self) -> float:
        """CPU time of what ran in the group and below it."""
        if self.unified:
            return int(re.search(r"^usage_usec (\d+)", self.read("cpu.stat"), re.M)[1]) / 1e6  # type: ignore[index]
        return int(self.read("cpuacct.usage")) / 1e9

    def end(self) -> None:
        """Kill what runs in the group and below it, and remove them."""
        deadline = time.monotonic() + _SECONDS
        groups = [self.folder, *(one for one in self.folder.rglob("*") if one.is_dir())]
        while time.monotonic() < deadline:
            for folder in sorted(groups, reverse=True):
                self._replace(folder=folder)._kill()
                with contextlib.suppress(OSError):
                    folder.rmdir()
            if not self.folder.exists():
                return
            time.sleep(0.005)

    def _kill(self) -> None:
        with contextlib.suppress(OSError):
            self.write("pids.max", 0)  # so that none starts another one meanwhile
        with contextlib.suppress(OSError):
            self.write("cgroup.kill", 1)
            return
        with contextlib.suppress(OSError):
            for process in self.read("cgroup.procs").split():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(process), signal.SIGKILL)


def mounts(mountinfo: str) -> list[Mount]:
    """The hierarchies in ``/proc/self/mountinfo``."""
    found = []
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields, kind, options = before.split(" "), *after.split(" ")[::2][:2]
        if kind in ("cgroup", "cgroup2"):
            root, folder = (_unescaped(field) for field in fields[3:5])
            controllers = frozenset() if kind == "cgroup2" else frozenset(options.split(","))
            found.append(Mount(Path(folder), root, controllers))
    return found


def own_groups(cgroup: str) -> dict[str, str]:
    """Controller -> group of this process, from ``/proc/self/cgroup``; the empty name is version 2."""
    found = {}
    for line in cgroup.splitlines():
        _, controllers, group = line.split(":", 2)
        found |= dict.fromkeys(controllers.split(","), group)
    return found


def find(mounted: list[Mount], own: dict[str, str], leaf: str) -> list[Place]:
    """Where this process may make groups that are limited, for memory and for processes; CPU time where it is counted.

    Args:
        mounted: from :func:`mounts`.
        own: from :func:`own_groups`.
        leaf: a name for the group into which this process moves where version 2 wants that.

    Returns:
        One place for each hierarchy; none at all when something is missing.
    """
    for one in mounted:
        if one.unified:
            for folder in one.places_above(own.get("", "/")):
                place = Place(folder, _NEEDED | {_COUNTED}, unified=True)
                if _can_share_out(place, leaf):
                    return [place]
    places: dict[Path, Place] = {}
    for name in (*sorted(_NEEDED), _COUNTED):
        one = next((one for one in mounted if name in one.controllers), None)
        folders = one.places_above(own.get(name, "/")) if one else ()
        folder = next((folder for folder in folders if os.access(folder, os.W_OK)), None)
        if one and folder:
            places[one.folder] = Place(folder, one.controllers, unified=False)
        elif name in _NEEDED:
            return []
    return list(places.values())


def _can_share_out(place: Place, leaf: str) -> bool:
    try:
        if not os.access(place.folder, os.W_OK):
            return False
        if not set(place.read("cgroup.controllers").split()) >= _NEEDED:
            return False
        if set(place.read("cgroup.subtree_control").split()) >= _NEEDED:
            return True
        try:
            place.share_out()
        except OSError as error:
            alone = place.read("cgroup.procs").split() == [str(os.getpid())]
            if error.errno != errno.EBUSY or not alone:
                raise
            # Only a group without processes of its own may share out: this one moves down.
            place.child(leaf).write("cgroup.procs", 0)
            place.share_out()
    except OSError:
        return False
    return True


def _unescaped(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), field)
