"""Bytes of a file, read only where they exist."""

import io
from typing import BinaryIO

import numpy as np

from ._errors import DamagedFileError


class Source:
    """A seekable file of known size; every length is compared with it before memory is taken."""

    def __init__(self, file: BinaryIO, size: int):
        self.file = file
        self.size = size

    @classmethod
    def of_bytes(cls, data: bytes) -> "Source":
        return cls(io.BytesIO(data), len(data))

    def check(self, start: int, count: int, entry: str | None = None) -> None:
        if start < 0 or count < 0 or start + count > self.size:
            raise DamagedFileError(
                f"is cut short: {count} bytes should follow byte {start}, but the file has "
                f"{self.size}",
                entry=entry,
            )

    def read(self, start: int, count: int, entry: str | None = None) -> bytes:
        self.check(start, count, entry)
        self.file.seek(start)
        data = self.file.read(count)
        if len(data) != count:
            raise DamagedFileError("became shorter while it was read", entry=entry)
        return data

    def array(self, start: int, count: int, entry: str | None = None) -> np.ndarray:
        """The bytes as a new array of `uint8`."""
        self.check(start, count, entry)
        result = np.empty(count, np.uint8)
        self.file.seek(start)
        view, done = result.data, 0
        while done < count:
            got = self.file.readinto(view[done:])  # type: ignore[attr-defined]
            if not got:
                raise DamagedFileError("became shorter while it was read", entry=entry)
            done += got
        return result


class Cursor:
    """Reads on from a place of a source."""

    def __init__(self, source: Source, start: int = 0):
        self.source = source
        self.position = start
        source.file.seek(start)
        self._read = source.file.read

    def take(self, count: int) -> bytes:
        if count > self.source.size - self.position:
            self.source.check(self.position, count)
        self.position += count
        data = self._read(count)
        if len(data) != count:
            raise DamagedFileError("became shorter while it was read")
        return data

    def line(self, limit: int) -> bytes:
        """The bytes up to the next line feed, which is taken too."""
        data = self.source.file.readline(limit)
        if not data.endswith(b"\n"):
            raise DamagedFileError(f"has no line end within {limit} bytes of byte {self.position}")
        self.position += len(data)
        return data[:-1]
