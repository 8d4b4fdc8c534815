"""A lock between processes: who waits for a download or a data set finds it done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt
    import time

    def _try(file: IO[bytes]) -> bool:
        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def _wait(file: IO[bytes]) -> None:
        while not _try(file):
            time.sleep(0.2)

    def _release(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)

    def _release(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)


class Claim:
    """A lock that is held until it is released or forgotten."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def release(self) -> None:
        """Lets others have it; a second call does nothing."""
        if not self._file.closed:
            _release(self._file)
            self._file.close()

    def __del__(self) -> None:
        self.release()


def claim(path: Path) -> Claim | None:
    """Takes the lock of the file `path`, or returns None at once where somebody has it."""
    file = path.open("ab")
    try:
        if _try(file):
            return Claim(file)
    except OSError:  # a file system without locks
        return Claim(file)
    file.close()
    return None


@contextmanager
def locked(path: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Holds the lock of the file `path`, which stays: removing it would let two in."""
    with path.open("ab") as file:
        if not _try(file):
            on_wait()
            _wait(file)
        try:
            yield
        finally:
            _release(file)
