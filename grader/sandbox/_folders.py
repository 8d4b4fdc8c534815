"""Removing what a worker left behind."""

import contextlib
import itertools
import os
from pathlib import Path

__all__ = ["remove"]


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
