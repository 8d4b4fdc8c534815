"""How one worker is started, with the means that a level has on this machine."""

import contextlib
import dataclasses
import json
import os
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from grader.sandbox import _orphans, _paths, bubblewrap, cgroups
from grader.sandbox._containment import Containment
from grader.sandbox.identity import Identity, hand_over

__all__ = ["Launch", "Launcher", "Means", "Surroundings"]

_ENTER = "import sys; sys.path[:] = {path!r}; from grader.sandbox.enter import main; main()"
_INSIDE, _SCRATCH = "/submission", "/scratch"
# Of others the command line tells the seed, and whose submission is graded beside this one.
_PROC = ("self", "cpuinfo", "filesystems", "meminfo", "stat", "sys/vm/overcommit_memory", "version")
# What a group holds beside the worker's own memory and its files: stacks, page tables, buffers of pipes.
_KERNEL_BYTES = 256 * 2**20
_BESIDE = 8  # processes of the sandbox itself in a worker's group


def _threads() -> int:
    """Enough for the pools of JAX, BLAS and XLA, each of which has a thread or two for each core."""
    return 256 + 16 * (os.cpu_count() or 1)


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What one worker gets and what must stay out of its sight (paths of the host).

    Attributes:
        submission: folder holding copies of the submitted files, and nothing else.
        scratch: an empty folder that the worker may write to.
        hidden: folders and files that must not be readable: solutions, checks, withheld modules.
        memory_bytes: bound on private memory.
        file_bytes: bound on the size of one written file.
        scratch_bytes: bound on the sizes of all written files together.
        scratch_files: bound on their number, folders and links included.
        threads: bound on threads.
    """

    submission: Path
    scratch: Path
    hidden: tuple[str, ...] = ()
    memory_bytes: int = 4 * 2**30
    file_bytes: int = 64 * 2**20
    scratch_bytes: int = 256 * 2**20
    scratch_files: int = 8192
    threads: int = dataclasses.field(default_factory=_threads)


@dataclasses.dataclass(frozen=True)
class Launch:
    """How to start a worker.

    Attributes:
        command: to run, in ``folder``, with ``environment``.
        submission: the folder's path as the worker sees it.
        supervised: whether the process that is started ends on SIGTERM everything that it started.
        containment: what was made for this worker; to be closed when it has ended.
    """

    command: list[str]
    environment: dict[str, str]
    folder: str
    submission: str
    supervised: bool
    containment: Containment


@dataclasses.dataclass(frozen=True)
class Means:
    """What confines a worker, as far as this machine has it.

    Attributes:
        bubblewrap: own namespaces, and a view of the files that was made for the worker.
        limits: of memory, sizes of files, open files.
        landlock: files that may be read and written are listed.
        seccomp: a filter on system calls.
        scratch: the scratch folder is a file system of its own, with bounds.
        own_user: a user that owns nothing else.
        threads: the user's threads can be bounded, as it is nobody else's.
        groups: control groups.
    """

    bubblewrap: bool = False
    limits: bool = False
    landlock: bool = False
    seccomp: bool = False
    scratch: bool = False
    own_user: bool = False
    threads: bool = False
    groups: bool = False

    @property
    def watched(self) -> bool:
        """Whether a supervisor must look at what nothing else bounds."""
        return self.limits and not self.bubblewrap and not (self.scratch and self.threads)


class Launcher:
    """Starts the workers of one submission: they share a user and a control group, where there are such.

    Args:
        means: what confines them.
    """

    def __init__(self, means: Means) -> None:
        self.means = means
        self._lock = threading.Lock()
        self._identity: Identity | None = None
        self._shared: cgroups.Shared | None = None

    def __call__(self, around: Surroundings, trial: dict[str, Any] | None = None) -> Launch:
        """How to start one worker; with ``trial``, how to try what a worker would find."""
        with self._lock:
            if self.means.own_user and self._identity is None:
                self._identity = Identity()
            if self.means.groups and self._shared is None:
                self._shared = cgroups.Shared()
        user = self._identity.number if self._identity else None
        if user is not None:
            hand_over(around.submission, around.scratch, user)
        containment = self._containment(around)
        with contextlib.ExitStack() as undo:
            undo.callback(containment.close)
            launch = self._launch(around, user, containment, trial)
            undo.pop_all()
        return launch

    def close(self) -> None:
        """Remove what the submission's workers shared; all of them have ended."""
        with self._lock:
            identity, self._identity = self._identity, None
            shared, self._shared = self._shared, None
        if shared:
            shared.close()
        if identity:
            identity.close()

    def _containment(self, around: Surroundings) -> Containment:
        if self._shared is not None:
            memory = around.memory_bytes + around.scratch_bytes + _KERNEL_BYTES
            return self._shared.worker(memory, around.threads + _BESIDE)
        # Where processes can be started, and do not end with a namespace of theirs, some may be left.
        walls = self.means.seccomp or self.means.bubblewrap
        return Containment() if walls else _orphans.Orphans()

    def _launch(
        self,
        around: Surroundings,
        user: int | None,
        containment: Containment,
        trial: dict[str, Any] | None,
    ) -> Launch:
        means = self.means
        # The folder for temporary files holds the submissions that are graded at the same time.
        hidden = [*map(os.path.abspath, around.hidden), *_paths.strays(), tempfile.gettempdir()]
        readable = [*_paths.system_paths(), *_paths.python_paths()]
        place = str(around.submission), str(around.scratch)
        submission, scratch = (_INSIDE, _SCRATCH) if means.bubblewrap else place
        inside = {
            "scratch": _bounds(around, scratch, user) if means.scratch else None,
            "limits": self._limits(around),
            "landlock": _rules([*readable, submission], hidden, scratch)
            if means.landlock
            else None,
            "seccomp": {"metadata": _owns_scratch_alone(means)} if means.seccomp else None,
            "trial": trial and _trial_inside(trial, submission, scratch),
        }
        outside = {
            "groups": containment.entrances if isinstance(containment, cgroups.Group) else None,
            "reachable": [*_paths.python_paths(), *place] if user else None,
            "user": user,
        }
        environment = _environment(scratch)
        if means.bubblewrap:
            prefix = bubblewrap.command(
                readable=readable,
                hidden=hidden,
                submission=str(around.submission),
                inside=_INSIDE,
                scratch=_SCRATCH,
                scratch_bytes=None if means.scratch else around.scratch_bytes,
            )
            command = [*prefix, *_door(inside)]
            if any(outside.values()):
                command = _door({**outside, "then": command})
            return Launch(command, environment, "/", submission, False, containment)
        mark = containment.mark if isinstance(containment, _orphans.Orphans) else None
        if mark and sys.platform == "darwin":
            environment[_orphans.VARIABLE] = str(mark)
        watch = _watched(around) if means.watched else None
        alone = {"mark": mark, "supervised": True, "watch": watch}
        command = _door({**outside, **alone, **inside})
        return Launch(command, environment, str(around.scratch), submission, True, containment)

    def _limits(self, around: Surroundings) -> dict[str, int | None] | None:
        if not self.means.limits:
            return None
        threads = around.threads if self.means.threads else None
        return {
            "memory_bytes": around.memory_bytes,
            "file_bytes": around.file_bytes,
            "threads": threads,
        }


def _door(configuration: dict[str, Any]) -> list[str]:
    enter = _ENTER.format(path=list(_paths.import_path()))
    wanted = {name: value for name, value in configuration.items() if value}
    return [sys.executable, "-I", "-S", "-c", enter, json.dumps(wanted)]


def _owns_scratch_alone(means: Means) -> bool:
    """Whether a worker that changes permissions or times can only do so in its scratch folder.

    A user of its own owns nothing else. Inside bubblewrap everything else is read-only, but for devices, and those
    are root's.
    """
    return means.own_user or (means.bubblewrap and os.geteuid() != 0)


def _bounds(around: Surroundings, scratch: str, user: int | None) -> dict[str, Any]:
    return {
        "folder": scratch,
        "bytes": around.scratch_bytes,
        "files": around.scratch_files,
        "user": user,
    }


def _watched(around: Surroundings) -> dict[str, Any]:
    return {
        "folder": str(around.scratch),
        "bytes": around.scratch_bytes,
        "files": around.scratch_files,
        "threads": around.threads,
    }


def _rules(readable: list[str], hidden: list[str], scratch: str) -> dict[str, list[str]]:
    proc = [f"/proc/{name}" for name in _PROC]
    seen = [*readable, *proc, "/dev/urandom", "/sys/devices/system/cpu"]
    return {"readable": seen, "hidden": hidden, "writable": [scratch, "/dev/null"]}


def _trial_inside(trial: dict[str, Any], submission: str, scratch: str) -> dict[str, Any]:
    """The trial's paths, as they are inside."""
    file = os.path.join(submission, trial["submission"])
    return {**trial, "submission": file, "scratch": scratch}


def _environment(scratch: str) -> dict[str, str]:
    """A closed environment: nothing of the caller's but what the platform cannot start without."""
    kept = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PATH": "/usr/bin:/bin",
        "HOME": scratch,
        "TMPDIR": scratch,
        "TEMP": scratch,
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "JAX_PLATFORMS": "cpu",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "MPLBACKEND": "agg",
        # Else joblib (under scikit-learn) warns that it cannot start processes, in what the student would
        # take for an output of theirs.
        "JOBLIB_MULTIPROCESSING": "0",
    }
