"""Files that are written whole or not at all, their checksums, and names that mean one file on every system."""

import contextlib
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

__all__ = ["is_plain_name", "is_spelled_so", "replacing", "sha256_of", "without_tilde"]

_CHUNK = 2**20
_OF_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Opens a file that takes the place of ``path`` once all has been written.

    Until then, and after an error, what stood there before stands there still.

    Args:
        path: The file; its folder must exist.

    Yields:
        A stream to write the new content to.

    Raises:
        OSError: The file cannot be written.
    """
    if path.is_dir():
        raise IsADirectoryError(f"path (={str(path)!r}) must be a file, but is a folder")
    fresh = path.with_name(f".{path.name[:50]}.{secrets.token_hex(8)}")
    try:
        with fresh.open("xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):  # what went wrong before it says more
            fresh.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename == str(fresh):
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def without_tilde(path: str | os.PathLike[str]) -> Path:
    """A path with the user's home for ``~``; as it is where nobody knows that home."""
    return Path(os.path.expanduser(path))


def is_plain_name(name: str) -> bool:
    """Whether a name means itself on Windows too: no device, no dot or space at its end."""
    return name[-1:] not in (".", " ") and _OF_WINDOWS.fullmatch(name) is None


def is_spelled_so(path: Path) -> bool:
    """Whether the last part of an existing path is written exactly so in its folder.

    The disks of macOS and Windows give ``MNIST`` to whoever asks for ``mnist``.
    """
    with contextlib.suppress(OSError):
        return path.name in os.listdir(path.parent)
    return True
