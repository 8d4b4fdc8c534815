"""Locks between processes: who waits for a download or a data set finds it done.

Those of filelock, which knows the locks of Linux, macOS and Windows; a killed process holds none.
On disks that have no locks, a file that names its owner stands for one.
"""

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock

_NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK)
_BETWEEN_LOOKS = 0.1  # seconds
_SOON = 0.25


def claim(path: Path) -> "BaseFileLock | None":
    """Takes the lock of the file `path`, or returns None at once where somebody has it.

    Returns:
        What holds it until its ``release``, or until it is forgotten.

    Raises:
        OSError: The file cannot be made.
    """
    from filelock import FileLock, SoftFileLock  # most commands need no lock

    try:
        return _taken(FileLock(path, thread_local=False, fallback_to_soft=False), 0)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    # Not the same file: asking the disk in vain has made that one. The first look at the other only
    # removes what a killed process left.
    return _taken(SoftFileLock(f"{os.fspath(path)}.held", thread_local=False), _SOON)


def _taken(lock: "BaseFileLock", patience: float) -> "BaseFileLock | None":
    from filelock import Timeout

    try:
        lock.acquire(timeout=patience)
    except Timeout:
        return None
    return lock


@contextmanager
def locked(path: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Holds the lock of the file `path`, which stays: removing it would let two in."""
    if (mine := claim(path)) is None:
        on_wait()
    while mine is None:
        time.sleep(_BETWEEN_LOOKS)
        mine = claim(path)
    try:
        yield
    finally:
        mine.release()
