"""Archives that strangers made: listed and read within caps, which hold before memory or disk is taken.

No member is written under its own name, and nothing but plain files comes out: links and devices are named, not made.
"""

import bz2
import dataclasses
import datetime
import gzip
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO

from grader.handins._names import decoded
from grader.messages import Text, in_all

__all__ = ["MOST_NESTED", "ArchiveError", "Budget", "Member", "is_archive", "members"]

MOST_NESTED = 64 * 2**20  # bytes of an archive inside an archive
_READ = (".zip", ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2")
# They need programs of their own, or memory that their first bytes ask for.
_NOT_READ = (
    ".rar",
    ".7z",
    ".xz",
    ".txz",
    ".gz",
    ".bz2",
    ".zst",
    ".lz",
    ".lzma",
    ".cab",
    ".iso",
    ".dmg",
)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_ENCRYPTED, _UTF8 = 0x1, 0x800
_DIRECTORY_BYTES = 400  # of a zip's directory for each member, long names included
_CHUNK = 2**16

# Whatever a broken archive makes the standard library raise.
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    IndexError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)


class ArchiveError(Exception):
    """An archive of which nothing is taken: broken, a bomb, or of a kind that is not read.

    Attributes:
        why: in each language.
    """

    def __init__(self, why: Text) -> None:
        super().__init__(why["en"])
        self.why = why


@dataclasses.dataclass
class Budget:
    """What may still be taken out of an archive, and out of all archives in it."""

    bytes: int
    members: int

    @classmethod
    def of_a_student(cls) -> "Budget":
        return cls(128 * 2**20, 5_000)

    @classmethod
    def of_a_class(cls) -> "Budget":
        return cls(8 * 2**30, 200_000)

    def take_member(self) -> None:
        if self.members <= 0:
            raise ArchiveError(in_all("handin_archive_many"))
        self.members -= 1

    def take(self, count: int) -> None:
        if count > self.bytes:
            raise ArchiveError(in_all("handin_archive_large"))
        self.bytes -= count


@dataclasses.dataclass(frozen=True)
class Member:
    """One member.

    Attributes:
        name: as the archive has it, with ``/`` between folders; hostile, perhaps.
        place: where its bytes lie; None where they are not wanted, or cannot be had.
        trouble: why they cannot be had, in each language.
        is_folder: whether it is a folder that holds nothing.
        modified: when, as the archive says: without an offset in a zip; None where it says nothing that can be.
    """

    name: str
    place: Path | None = None
    trouble: Text = dataclasses.field(default_factory=dict)
    is_folder: bool = False
    modified: datetime.datetime | None = None


Needed = Callable[[str], int | None]


def is_archive(name: str) -> bool:
    """Whether a name is that of an archive, of a kind that is read or not."""
    return name.lower().endswith(_READ + _NOT_READ)


def members(place: Path, new: Callable[[], Path], needed: Needed, budget: Budget) -> list[Member]:
    """What is in an archive; what is needed of it lies in new files.

    Args:
        place: the archive.
        new: gives the path of a file to be made.
        needed: how many bytes of a member of that name are taken at most; None for none.
        budget: what may be taken; less of it is left afterwards.

    Raises:
        ArchiveError: when it is broken, too much for its budget, or of another kind.
    """
    try:
        with open(place, "rb") as stream:
            # By its first bytes: near its end a tar, too, may hold what ends a zip.
            begin = stream.read(4)
            stream.seek(0)
            if begin in (b"PK\3\4", b"PK\5\6"):
                found = _zip(stream, new, needed, budget)
            else:
                found = _tar(stream, new, needed, budget)
    except _BROKEN as error:
        raise ArchiveError(in_all("handin_archive_broken")) from error
    # Folders are of interest only where they hold nothing.
    full = {"/".join(m.name.split("/")[:n]) for m in found for n in range(1, m.name.count("/") + 1)}
    return [m for m in found if not m.is_folder or m.name.rstrip("/") not in full]


def _zip(
    stream: IO[bytes], new: Callable[[], Path], needed: Needed, budget: Budget
) -> list[Member]:
    if _directory_bytes(stream) > budget.members * _DIRECTORY_BYTES:
        raise ArchiveError(in_all("handin_archive_many"))
    found = []
    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            budget.take_member()
            written = info.orig_filename.partition("\0")[0]
            name = decoded(written.encode("utf-8" if info.flag_bits & _UTF8 else "cp437"))
            name = name.replace("\\", "/")
            mode = info.external_attr >> 16
            kind = stat.S_IFMT(mode) if info.create_system == 3 else 0
            if name.endswith("/"):
                found.append(Member(name.rstrip("/"), is_folder=True))
            elif kind not in (0, stat.S_IFREG):
                link = kind == stat.S_IFLNK
                found.append(
                    Member(name, trouble=in_all("handin_link" if link else "handin_device"))
                )
            elif (most := needed(name)) is None:
                found.append(Member(name))
            elif info.flag_bits & _ENCRYPTED:
                found.append(Member(name, trouble=in_all("handin_encrypted")))
            elif info.compress_type not in _METHODS:
                found.append(Member(name, trouble=in_all("handin_method")))
            else:
                try:
                    with archive.open(info) as member:
                        place = _copy(member, new(), most, budget)
                except _BROKEN:
                    found.append(Member(name, trouble=in_all("handin_member_broken")))
                else:
                    found.append(Member(name, place, modified=_zip_time(info)))
    return found


def _zip_time(info: zipfile.ZipInfo) -> datetime.datetime | None:
    """What an archive tells may be no time at all; 1980 is what it tells where it knows none."""
    try:
        told = datetime.datetime(*info.date_time)
    except ValueError:
        return None
    return told if told.year > 1980 else None


def _tar_time(info: tarfile.TarInfo) -> datetime.datetime | None:
    try:
        told = datetime.datetime.fromtimestamp(info.mtime, datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return told if told.year > 1980 else None


def _directory_bytes(stream: IO[bytes]) -> int:
    """How large the list of members is that ``zipfile`` will read at once, as the file's end says."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - 2**16 - 22))
    end = stream.read()
    stream.seek(0)
    at = len(end) - 22  # where it stands if there is no comment, as zipfile looks for it
    if at < 0 or end[at : at + 4] != b"PK\5\6" or end[-2:] != b"\0\0":
        at = end.rfind(b"PK\5\6")
    told = int.from_bytes(end[at + 12 : at + 16], "little")
    return size if told == 0xFFFFFFFF else min(told, size)


def _tar(
    stream: IO[bytes], new: Callable[[], Path], needed: Needed, budget: Budget
) -> list[Member]:
    """Decompressed first: a header may ask for as much memory as the archive has bytes, and no more."""
    place = _decompressed(stream, new(), budget)
    found = []
    with tarfile.open(place, "r:", encoding="utf-8", errors="surrogateescape") as archive:
        while (info := archive.next()) is not None:
            budget.take_member()
            name = decoded(info.name.encode("utf-8", "surrogateescape"))
            if info.isdir():
                found.append(Member(name.rstrip("/"), is_folder=True))
            elif info.issym() or info.islnk():
                found.append(Member(name, trouble=in_all("handin_link")))
            elif not info.isreg() or info.sparse is not None:
                found.append(Member(name, trouble=in_all("handin_device")))
            elif (most := needed(name)) is None:
                found.append(Member(name))
            elif (member := archive.extractfile(info)) is not None:
                place_of_it = _copy(member, new(), most, budget)
                found.append(Member(name, place_of_it, modified=_tar_time(info)))
    return found


def _decompressed(stream: IO[bytes], place: Path, budget: Budget) -> Path:
    begin = stream.read(3)
    stream.seek(0)
    opened: IO[bytes] = stream
    if begin[:2] == b"\x1f\x8b":
        opened = gzip.GzipFile(fileobj=stream)  # type: ignore[assignment]
    elif begin == b"BZh":
        opened = bz2.BZ2File(stream)  # type: ignore[assignment]
    # What is taken out of it later is taken once more.
    return _copy(opened, place, budget.bytes + 1, budget)


def _copy(source: IO[bytes], place: Path, most: int, budget: Budget) -> Path:
    """At most so many bytes of a stream; who may not have more than ``most - 1`` is found too large later."""
    with open(place, "xb") as target:
        while most > 0 and (chunk := source.read(min(_CHUNK, most))):
            budget.take(len(chunk))
            most -= len(chunk)
            target.write(chunk)
    return place
