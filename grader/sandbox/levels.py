"""The levels of isolation: what each is made of, what it promises, and which this machine can give."""

import contextlib
import dataclasses
import functools
import json
import os
import subprocess
import threading
from collections.abc import Iterator

from grader.results import Isolation
from grader.sandbox import (
    _folders,
    _paths,
    _scratch,
    _trial,
    bubblewrap,
    cgroups,
    identity,
    landlock,
    limits,
    seccomp,
)
from grader.sandbox._launch import Launch, Launcher, Means, Surroundings
from grader.sandbox._paths import module_paths

__all__ = [
    "LEVELS",
    "IsolationUnavailable",
    "Launch",
    "Launcher",
    "Surroundings",
    "choose",
    "module_paths",
]

_NAMES = ("process", "limited", "sandboxed", "contained")
LEVELS = tuple(range(len(_NAMES)))
_AUTOMATIC = (
    2,
    1,
    0,
)  # a level that shares out the machine is for who grades many, and asks for it
_TRIAL_SECONDS = 120.0  # a busy machine is not to get a lower level for it


class IsolationUnavailable(Exception):
    """The level that was asked for cannot be had on this machine; the message says what is missing."""


def choose(isolation: int | str = "auto") -> tuple[Isolation, Launcher]:
    """Pick a level and say how the workers of one submission are started at it.

    Args:
        isolation: "auto" for the strongest of levels 0 to 2 that this machine gives, or a level that must be given.

    Returns:
        What confines the workers, and what starts them; to be closed when the last of them has ended.

    Raises:
        IsolationUnavailable: when a demanded level lacks a mechanism here.
        ValueError: when ``isolation`` is not a known level.
    """
    if isolation != "auto" and isolation not in LEVELS:
        raise ValueError(f"isolation (={isolation!r}) must be 'auto', 0, 1, 2 or 3")
    _folders.sweep_once()
    missing = ""
    for level in _AUTOMATIC if isolation == "auto" else (int(isolation),):
        means, missing = _means(level)
        if means is not None:
            return Isolation(level, _NAMES[level], _mechanisms(means)), Launcher(means)
    strongest = next(level for level in reversed(LEVELS) if _means(level)[0] is not None)
    raise IsolationUnavailable(
        f"isolation level {isolation} ({_NAMES[int(isolation)]}) needs {missing} on this machine; "
        f"the strongest level here is {strongest} ({_NAMES[strongest]})"
    )


def _mechanisms(means: Means) -> tuple[str, ...]:
    """The names of what confines a worker, as a result shows them."""
    named = {
        bubblewrap.NAME: means.bubblewrap,
        limits.NAME: means.limits,
        landlock.NAME: means.landlock,
        seccomp.NAME: means.seccomp,
        _scratch.NAME: means.scratch,
        "threads": means.threads,
        identity.NAME: means.own_user,
        cgroups.NAME: means.groups,
        "watched": means.watched,
    }
    return ("process", *(name for name, had in named.items() if had))


@functools.cache
def _means(level: int) -> tuple[Means | None, str]:
    """The best that this machine gives at a level, as tried; None, and what is missing, where it gives none."""
    if level == 0:
        return Means(), ""
    if not limits.available():
        return None, "Linux resource limits"
    means = Means(limits=True, landlock=landlock.available(), seccomp=seccomp.available())
    if level == 1:
        # Who is not root gets no more than that, and a supervisor that watches.
        best = _best(means)[0] if identity.available() else None
        return best or means, ""
    if not bubblewrap.available():
        return None, "a working bubblewrap (bwrap)"
    means = dataclasses.replace(means, bubblewrap=True)
    if level == 2:
        best, why = _best(means)
        return best, f"bubblewrap with these limits ({why})"
    if not cgroups.available():
        return None, (
            "control groups for memory and processes that may be made here (as root, or for a user under "
            "`systemd-run --user --scope -p Delegate=yes`)"
        )
    root = identity.available()
    best, why = _best(dataclasses.replace(means, groups=True), own_user=root)
    user = " and a user of its own" if root else ""
    return best, f"bubblewrap with control groups{user} ({why})"


def _best(means: Means, own_user: bool = False) -> tuple[Means | None, str]:
    """The means, with a user of its own and a bounded scratch folder where these can be had; else why not.

    Args:
        means: what there is without.
        own_user: whether it must be a user of its own.
    """
    why = ""
    for user in (True,) if own_user else (True, False) if identity.available() else (False,):
        for mounted in (True, False):
            tried = dataclasses.replace(means, own_user=user, scratch=mounted)
            try:
                return dataclasses.replace(tried, **_try(tried)), ""
            except OSError as error:
                why = str(error)
    return None, why


def _try(means: Means) -> dict[str, bool]:
    """Start a process like a worker and let it report.

    Raises:
        OSError: when it does not come so far; the message says why.
    """
    folder = _folders.make()
    launcher = Launcher(means)
    try:
        submission, scratch = folder / "submission", folder / "scratch"
        submission.mkdir()
        scratch.mkdir()
        (submission / "file").touch()
        around = Surroundings(submission, scratch)
        trial = {
            "submission": "file",
            "packages": list(_paths.python_paths()) if means.own_user else [],
            "files": around.scratch_files if means.scratch else None,
        }
        launch = launcher(around, trial)
        try:
            with _as_many_threads_as_the_bound():
                done = subprocess.run(
                    launch.command,
                    env=launch.environment,
                    cwd=launch.folder,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    timeout=_TRIAL_SECONDS,
                    check=False,
                )
        finally:
            launch.containment.close()
        if done.returncode:
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["?"]
            raise OSError(lines[-1][:200])
        return {"threads": bool(json.loads(done.stdout)["threads"])}
    except subprocess.TimeoutExpired as error:
        raise OSError(f"no answer within {_TRIAL_SECONDS:g} s") from error
    except (ValueError, KeyError) as error:
        raise OSError(f"no report: {error}") from error
    finally:
        launcher.close()
        _folders.remove(folder)


@contextlib.contextmanager
def _as_many_threads_as_the_bound() -> Iterator[None]:
    """Threads of this user outside of the trial, which must not count inside."""
    if identity.available() or not hasattr(os, "fork"):
        yield
        return
    end = threading.Event()
    threads = [threading.Thread(target=end.wait, daemon=True) for _ in range(_trial.THREADS)]
    try:
        for thread in threads:
            thread.start()
        yield
    finally:
        end.set()
        for thread in threads:
            thread.join()
