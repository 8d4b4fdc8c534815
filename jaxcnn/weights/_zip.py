"""The directory of a ZIP archive whose entries are stored as they are, read strictly.

PyTorch and Keras compress no weights, so a compressed entry is never read, and no archive can unpack
to more than it is.

Source: PKWARE, *.ZIP File Format Specification* 6.3.10, sections 4.3 to 4.5.
"""

import struct
import zlib
from dataclasses import dataclass

import numpy as np

from ._errors import DamagedFileError, UnsafeFileError, UnsupportedFileError, short
from ._source import Source

_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT = 2**16
_MAX_ENTRIES = 100_000
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an entry's bytes lie in the archive, their checksum, and how they are compressed."""

    name: str
    start: int
    size: int
    crc: int
    method: int


class Archive:
    """The entries of an archive by name; no two share a name or a byte."""

    def __init__(self, source: Source):
        self.source = source
        self.entries: dict[str, Entry] = {}
        place, size, count = _directory(source)
        if count > _MAX_ENTRIES:
            raise UnsafeFileError(
                f"the archive has {count} entries; at most {_MAX_ENTRIES} are read"
            )
        data = source.read(place, size)
        occupied: list[tuple[int, int, str]] = []
        position = 0
        for _ in range(count):
            entry, begin, position = _entry(source, data, position)
            if entry.name in self.entries:
                raise UnsafeFileError("the archive has two entries of this name", entry=entry.name)
            self.entries[entry.name] = entry
            occupied.append((begin, entry.start + entry.size, entry.name))
        if position != size:
            raise DamagedFileError("the archive's directory is longer than its entries")
        _check_apart(occupied, place)

    def entry(self, name: str) -> Entry:
        """An entry whose bytes are its content."""
        entry = self.entries.get(name)
        if entry is None:
            raise DamagedFileError("the archive has no entry of this name", entry=name)
        if entry.method != 0:
            raise UnsafeFileError(
                f"is compressed (method {entry.method}); PyTorch and Keras compress no weights",
                entry=name,
            )
        return entry

    def array(self, name: str) -> np.ndarray:
        """An entry's bytes, whose checksum was right."""
        entry = self.entry(name)
        data = self.source.array(entry.start, entry.size, name)
        if zlib.crc32(data.data) != entry.crc:
            raise DamagedFileError("the checksum (CRC-32) is wrong", entry=name)
        return data


def _directory(source: Source) -> tuple[int, int, int]:
    """Start and size of the directory, and the number of its entries."""
    end, (_, disk, first, here, count, size, place, _) = _end_record(source)
    wide = _directory64(source, end)
    if wide is not None:
        narrow = (disk, first, here, count, size, place)
        if any(n not in (w, 0xFFFF, 0xFFFFFFFF) for n, w in zip(narrow, wide, strict=False)):
            raise UnsafeFileError("the archive's two directories contradict each other")
        disk, first, here, count, size, place, end = wide
    if disk or first or here != count:
        raise UnsupportedFileError("the archive has several parts")
    if place + size != end:
        raise DamagedFileError("the archive's directory does not end where it should")
    return place, size, count


def _end_record(source: Source) -> tuple[int, tuple]:
    """The place and the fields of the record that only the archive's comment follows."""
    reach = min(source.size, _END.size + _LONGEST_COMMENT)
    tail = source.read(source.size - reach, reach)
    found = len(tail)
    while (found := tail.rfind(b"PK\5\6", 0, found)) >= 0:
        if found + _END.size > reach:
            continue
        fields = _END.unpack_from(tail, found)
        if found + _END.size + fields[-1] == reach:
            return source.size - reach + found, fields
    raise DamagedFileError("the archive has no directory at its end: the file is cut short")


def _directory64(source: Source, end: int) -> tuple[int, int, int, int, int, int, int] | None:
    """The 64-bit record in front of the end record, which PyTorch always writes."""
    if end < _END64_PLACE.size:
        return None
    before = end - _END64_PLACE.size
    mark, _, start, _ = _END64_PLACE.unpack(source.read(before, _END64_PLACE.size))
    if mark != b"PK\6\7":
        return None
    mark, length, _, _, disk, first, here, count, size, place = _END64.unpack(
        source.read(start, _END64.size)
    )
    if mark != b"PK\6\6" or start + 12 + length != before:
        raise DamagedFileError("the archive's ZIP64 directory is not where it should be")
    return disk, first, here, count, size, place, start


def _entry(source: Source, data: bytes, position: int) -> tuple[Entry, int, int]:
    """An entry, where its header begins, and where the directory goes on."""
    if position + _ENTRY.size > len(data):
        raise DamagedFileError("the archive's directory is cut short")
    fields = _ENTRY.unpack_from(data, position)
    mark, flags, method, crc, packed, size = fields[0], fields[3], fields[4], *fields[7:10]
    name_size, extra_size, comment_size = fields[10:13]
    begin = fields[16]
    after_name = position + _ENTRY.size + name_size
    following = after_name + extra_size + comment_size
    if mark != b"PK\1\2" or following > len(data):
        raise DamagedFileError("the archive's directory is damaged")
    raw = data[position + _ENTRY.size : after_name]
    name = _checked_name(raw)
    size, packed, begin = _extended(
        data[after_name : after_name + extra_size], size, packed, begin, name
    )
    if flags & _ENCRYPTED:
        raise UnsupportedFileError("is encrypted", entry=name)
    if method == 0 and size != packed:
        raise UnsafeFileError("has two sizes, but is not compressed", entry=name)
    local = _LOCAL.unpack(source.read(begin, _LOCAL.size, name))
    start = begin + _LOCAL.size + local[-2] + local[-1]
    if local[0] != b"PK\3\4" or source.read(begin + _LOCAL.size, local[-2], name) != raw:
        raise DamagedFileError("its header differs from the archive's directory", entry=name)
    source.check(start, packed, name)
    return Entry(name, start, packed, crc, method), begin, following


def _checked_name(raw: bytes) -> str:
    name = raw.decode("utf-8", "replace")
    parts = name.removesuffix("/").split("/")
    if "\\" in name or "\0" in name or {"", ".", ".."} & set(parts):
        raise UnsafeFileError("is no plain relative path", entry=name)
    return name


def _extended(extra: bytes, size: int, packed: int, begin: int, name: str) -> tuple[int, int, int]:
    """The 64-bit values that the extra field 1 has for each one that is all ones."""
    wanted = [value == 0xFFFFFFFF for value in (size, packed, begin)]
    if not any(wanted):
        return size, packed, begin
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        body, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == 1 and len(body) >= 8 * sum(wanted):
            values = iter(struct.unpack_from(f"<{sum(wanted)}Q", body))
            size, packed, begin = (
                next(values) if is_wanted else value
                for is_wanted, value in zip(wanted, (size, packed, begin), strict=True)
            )
            return size, packed, begin
    raise DamagedFileError("lacks its ZIP64 sizes", entry=name)


def _check_apart(occupied: list[tuple[int, int, str]], directory: int) -> None:
    occupied.sort()
    previous, before = 0, ""
    for begin, end, name in occupied:
        if begin < previous:
            raise UnsafeFileError(f"overlaps with {short(before)} in the archive", entry=name)
        previous, before = end, name
    if previous > directory:
        raise UnsafeFileError("overlaps with the archive's directory", entry=before)
