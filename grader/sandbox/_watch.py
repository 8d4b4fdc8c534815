"""What a worker takes of what no limit counts, looked at from outside: files, and threads (level 1).

Where neither a file system of its own nor a user of its own can be given to a worker, its supervisor adds up several
times a second what lies in the scratch folder, and what was removed there and is still held open or mapped.
"""

import contextlib
import errno
import os
import signal
import stat
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["SECONDS", "Watch"]

SECONDS = 0.2


class Watch(NamedTuple):
    """The bounds of one worker.

    Attributes:
        folder: the only one that the worker can write to.
        bytes: that all its files may have together.
        files: how many files, folders and links there may be.
        threads: how many threads the worker may have.
    """

    folder: str
    bytes: int
    files: int
    threads: int

    def exceeded(self, process: int) -> tuple[str, int] | None:
        """The bound that the process has exceeded, in words, and the signal that it is to have died of."""
        if self._threads(process) > self.threads:
            return f"more than {self.threads} threads", signal.SIGSYS
        if self._takes_too_much(process):
            what = f"more than {self.files} files, or {self.bytes} bytes in all files together"
            return what, signal.SIGXFSZ
        return None

    @staticmethod
    def _threads(process: int) -> int:
        with contextlib.suppress(OSError), open(f"/proc/{process}/status", "rb") as stream:
            return next((int(line.split()[1]) for line in stream if line[:8] == b"Threads:"), 0)
        return 0

    def _takes_too_much(self, process: int) -> bool:
        sizes = self._held_open(process) | self._mapped(process)
        names, pending = 0, [self.folder]
        try:
            while pending:
                for entry in _entries(pending.pop()):
                    names += 1
                    if names > self.files:
                        return True
                    with contextlib.suppress(FileNotFoundError):
                        status = entry.stat(follow_symlinks=False)
                        sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
                        if stat.S_ISDIR(status.st_mode):
                            pending.append(entry.path)
        except OSError as error:
            # Nobody who means well makes folders so deep that they cannot be looked into.
            return error.errno == errno.ENAMETOOLONG
        return sum(sizes.values()) > self.bytes

    @staticmethod
    def _held_open(process: int) -> dict[tuple[int, int], int]:
        """Files that were removed and are still open."""
        sizes: dict[tuple[int, int], int] = {}
        with contextlib.suppress(OSError):
            for handle in os.listdir(f"/proc/{process}/fd"):
                with contextlib.suppress(OSError):
                    status = os.stat(f"/proc/{process}/fd/{handle}")
                    if stat.S_ISREG(status.st_mode) and not status.st_nlink:
                        sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
        return sizes

    def _mapped(self, process: int) -> dict[tuple[int, int], int]:
        """Files that were removed and are still mapped: as much of each as is mapped."""
        sizes: dict[tuple[int, int], int] = {}
        prefix, suffix = os.fsencode(self.folder), b" (deleted)\n"
        with contextlib.suppress(OSError), open(f"/proc/{process}/maps", "rb") as stream:
            for line in stream:
                if not line.endswith(suffix) or prefix not in line:
                    continue
                addresses, _, offset, device, number, _ = line.split(maxsplit=5)
                low, high = (int(part, 16) for part in addresses.split(b"-"))
                major, minor = (int(part, 16) for part in device.split(b":"))
                key = os.makedev(major, minor), int(number)
                sizes[key] = max(sizes.get(key, 0), int(offset, 16) + high - low)
        return sizes


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """What a folder holds; nothing when it is gone by now."""
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except (FileNotFoundError, NotADirectoryError):
        return
