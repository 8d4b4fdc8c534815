"""Folders for workers: made, removed with all that hostile code put there, and swept after a grader that was killed."""

import contextlib
import functools
import itertools
import os
import re
import tempfile
from pathlib import Path

from grader.sandbox import _owner

__all__ = ["make", "remove", "sweep", "sweep_once"]

_PREFIX = "grader-"
_NAME = re.compile(rf"{_PREFIX}({_owner.PATTERN})-\w+")


def make() -> Path:
    """A new, private folder whose name tells who made it."""
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{_owner.mark()}-"))


def sweep() -> None:
    """Remove what graders left that have ended without cleaning up: own folders only, and of the certainly dead."""
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(tempfile.gettempdir())):
            named = _NAME.fullmatch(entry.name)
            if named is None or not _owner.is_gone(named[1]):
                continue
            with contextlib.suppress(OSError):
                mine = entry.stat(follow_symlinks=False).st_uid == os.geteuid()
                if mine and entry.is_dir(follow_symlinks=False):
                    remove(Path(entry.path))


@functools.cache
def sweep_once() -> None:
    """Sweep, the first time in this process."""
    if os.name == "posix":
        sweep()


def remove(folder: Path) -> None:
    """Remove a folder that hostile code may have written into: any depth, any permissions, no link followed.

    Folders are first moved up to the top, so that neither recursion nor the length of a path grows with the
    depth.  What cannot be removed stays, silently.
    """
    numbers = itertools.count()
    pending = [str(folder)]
    emptied: list[str] = []
    while pending:
        current = pending.pop()
        emptied.append(current)
        with contextlib.suppress(OSError):
            os.chmod(current, 0o700)
            for entry in list(os.scandir(current)):
                with contextlib.suppress(OSError):
                    if not entry.is_dir(follow_symlinks=False):
                        os.unlink(entry.path)
                        continue
                    os.chmod(entry.path, 0o700)
                    moved = os.path.join(folder, f"moved-{next(numbers)}")
                    os.rename(entry.path, moved)
                    pending.append(moved)
    for path in reversed(emptied):
        with contextlib.suppress(OSError):
            os.rmdir(path)
