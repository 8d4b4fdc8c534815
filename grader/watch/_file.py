"""A file that is being edited: when it was saved, and when that is over."""

import contextlib
import time
from pathlib import Path

__all__ = ["EditedFile"]

_LOOK_SECONDS = 0.03
_GONE_SECONDS = 1.0  # editors that replace a file take it away for a moment
_LONGEST = 5.0  # who writes to it all the time has it graded now and then


class EditedFile:
    """Compares a file with how it looked when it was last taken note of.

    Args:
        path: of the file, which need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._noted = self._stamp()

    def note(self) -> None:
        """From now on only what differs from the present state is a change."""
        self._noted = self._stamp()

    @property
    def changed(self) -> bool:
        """Whether it was saved, deleted or replaced since it was last noted."""
        return self._stamp() != self._noted

    def wait_until_whole(self) -> None:
        """Wait while somebody is still writing to it, or has taken it away to put another in its place."""
        until = time.monotonic() + _LONGEST
        gone = time.monotonic() + _GONE_SECONDS
        before = None
        while (now := time.monotonic()) < until:
            stamp = self._stamp()
            if stamp == before and (stamp is not None or now > gone):
                return
            before = stamp
            time.sleep(_LOOK_SECONDS)

    def _stamp(self) -> tuple[int, ...] | None:
        with contextlib.suppress(OSError):
            status = self.path.stat()
            return status.st_mtime_ns, status.st_size, status.st_ino
        return None
