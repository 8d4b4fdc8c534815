"""The levels of isolation: what each is made of, what it promises, and which this machine can give."""

import dataclasses
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from grader.results import Isolation
from grader.sandbox import _paths, bubblewrap, landlock, limits, seccomp
from grader.sandbox._paths import module_paths

__all__ = ["IsolationUnavailable", "Launch", "Surroundings", "choose", "module_paths"]

_NAMES = ("process", "limited", "sandboxed")
_ENTER = "import sys; sys.path[:] = {path!r}; from grader.sandbox.enter import main; main()"
_INSIDE, _SCRATCH = "/submission", "/scratch"
# Of others the command line tells the seed, and whose submission is graded beside this one.
_PROC = ("self", "cpuinfo", "filesystems", "meminfo", "stat", "sys/vm/overcommit_memory", "version")


class IsolationUnavailable(Exception):
    """The level that was asked for cannot be had on this machine; the message says what is missing."""


@dataclasses.dataclass(frozen=True)
class Surroundings:
    """What one worker gets and what must stay out of its sight (paths of the host).

    Attributes:
        submission: folder holding copies of the submitted files, and nothing else.
        scratch: an empty folder that the worker may write to.
        hidden: folders and files that must not be readable: solutions, checks, withheld modules.
        memory_bytes: bound on private memory.
        file_bytes: bound on the size of one written file.
    """

    submission: Path
    scratch: Path
    hidden: tuple[str, ...] = ()
    memory_bytes: int = 4 * 2**30
    file_bytes: int = 64 * 2**20


@dataclasses.dataclass(frozen=True)
class Launch:
    """How to start a worker; ``submission`` is the folder's path as the worker sees it."""

    command: list[str]
    environment: dict[str, str]
    folder: str
    submission: str


def choose(isolation: int | str = "auto") -> tuple[Isolation, Callable[[Surroundings], Launch]]:
    """Pick a level and say how workers are started at it.

    Args:
        isolation: "auto" for the strongest this machine gives, or a level that must be given.

    Raises:
        IsolationUnavailable: when a demanded level lacks a mechanism here.
        ValueError: when ``isolation`` is not a known level.
    """
    kernel = [m for m in (limits, landlock, seccomp) if m.available()]
    mechanisms: dict[int, list[ModuleType]] = {0: []}
    if limits.available():
        mechanisms[1] = kernel
        if bubblewrap.available():
            # Inside bubblewrap the view of the files is bounded already.
            mechanisms[2] = [bubblewrap, *(m for m in kernel if m is not landlock)]
    level = max(mechanisms) if isolation == "auto" else isolation
    if level not in (0, 1, 2):
        raise ValueError(f"isolation (={isolation!r}) must be 'auto', 0, 1 or 2")
    if level not in mechanisms:
        missing = "Linux resource limits" if 1 not in mechanisms else "a working bubblewrap (bwrap)"
        raise IsolationUnavailable(
            f"isolation level {level} ({_NAMES[level]}) needs {missing} on this machine; "
            f"the strongest level here is {max(mechanisms)} ({_NAMES[max(mechanisms)]})"
        )
    chosen = mechanisms[level]
    names = ("process", *(m.NAME for m in chosen))
    return Isolation(level, _NAMES[level], names), lambda around: _launch(level, chosen, around)


def _launch(level: int, mechanisms: list[ModuleType], around: Surroundings) -> Launch:
    readable = [*_paths.system_paths(), *_paths.python_paths()]
    # The folder for temporary files holds the submissions that are graded at the same time.
    hidden = [*map(os.path.abspath, around.hidden), *_paths.strays(), tempfile.gettempdir()]
    submission, scratch = str(around.submission), str(around.scratch)
    prefix: list[str] = []
    if bubblewrap in mechanisms:
        prefix = bubblewrap.command(
            readable=readable,
            hidden=hidden,
            submission=submission,
            inside=_INSIDE,
            scratch=_SCRATCH,
        )
        submission, scratch = _INSIDE, _SCRATCH
    proc = [f"/proc/{name}" for name in _PROC]
    seen = [*readable, submission, *proc, "/dev/urandom", "/sys/devices/system/cpu"]
    configuration = {
        "supervise": bubblewrap not in mechanisms,
        "limits": {"memory_bytes": around.memory_bytes, "file_bytes": around.file_bytes}
        if limits in mechanisms
        else None,
        "landlock": {"readable": seen, "hidden": hidden, "writable": [scratch, "/dev/null"]}
        if landlock in mechanisms
        else None,
        "seccomp": seccomp in mechanisms,
    }
    enter = _ENTER.format(path=list(_paths.import_path()))
    interpreter = [sys.executable, "-I", "-S", "-c", enter, json.dumps(configuration)]
    folder = str(around.scratch) if not prefix else "/"
    return Launch([*prefix, *interpreter], _environment(scratch), folder, submission)


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
