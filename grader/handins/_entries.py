"""The files below a folder or in an archive, archives in it opened: names, and bytes where they may be needed.

Nothing is unpacked under a name that someone else chose: what is needed of an archive goes into numbered files.
"""

import dataclasses
import datetime
import itertools
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from grader.course import size_limit
from grader.handins import _archives
from grader.handins._archives import ArchiveError, Budget, Member
from grader.handins._names import code_kind, decoded, safe_parts
from grader.messages import Text, in_all

__all__ = ["METADATA", "Entry", "Spool", "read_entries"]

METADATA = "submission_metadata.yml"
_MOST_METADATA = 16 * 2**20
_DEEPEST_FOLDER = 40
_MOST_ENTRIES = 500_000
_NESTED_ARCHIVES = 3


@dataclasses.dataclass(frozen=True)
class Entry:
    """One file, or a folder that holds nothing.

    Attributes:
        parts: its names from the top; an archive counts as a folder.
        place: where its bytes lie; None where nobody needs them, or they cannot be had.
        trouble: why they cannot be had, in each language.
        is_folder: whether it is an empty folder.
        modified: when, as the archive of the whole class says; None where there is no such archive.
    """

    parts: tuple[str, ...]
    place: Path | None = None
    trouble: Text = dataclasses.field(default_factory=dict)
    is_folder: bool = False
    modified: datetime.datetime | None = None

    @property
    def path(self) -> str:
        return "/".join(self.parts)


class Spool:
    """A folder for what is taken out of archives."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, itertools.count()

    def new(self) -> Path:
        return self._folder / str(next(self._numbers))


def read_entries(path: Path, spool: Spool) -> list[Entry]:
    """All files below a folder, or in an archive that holds a class, sorted by their names.

    Raises:
        ArchiveError: for an archive that cannot be read at all.
        OSError: for a folder that cannot be listed.
    """
    if path.is_dir():
        found = _folder(path, (), spool)
    else:
        members = _archives.members(path, spool.new, _is_needed, Budget.of_a_class())
        # Times inside a student's own archive are the student's word; those of the platform's hold for all in them.
        found = (
            dataclasses.replace(entry, modified=member.modified)
            for member in members
            for entry in _opened([member], (), spool, None, 0)
        )
    entries = list(itertools.islice(found, _MOST_ENTRIES + 1))
    if len(entries) > _MOST_ENTRIES:
        raise ArchiveError(in_all("handin_too_many_entries", count=_MOST_ENTRIES))
    return sorted(entries, key=lambda entry: entry.parts)


def _folder(folder: Path, parts: tuple[str, ...], spool: Spool) -> Iterator[Entry]:
    if len(parts) > _DEEPEST_FOLDER:
        yield Entry(parts, trouble=in_all("handin_too_deep"))
        return
    with os.scandir(folder) as listed:
        found = sorted(listed, key=lambda entry: entry.name)
    if not found and parts:
        yield Entry(parts, is_folder=True)
    for entry in found:
        below = (*parts, decoded(os.fsencode(entry.name)))
        try:
            mode = entry.stat(follow_symlinks=False).st_mode
            if stat.S_ISDIR(mode):
                yield from _folder(Path(entry.path), below, spool)
            elif stat.S_ISREG(mode):
                yield from _file(Path(entry.path), below, spool, None, 0)
            else:
                yield Entry(
                    below, trouble=in_all("handin_link" if stat.S_ISLNK(mode) else "handin_device")
                )
        except OSError as error:
            why = error.strerror or type(error).__name__
            yield Entry(below, trouble=in_all("handin_unreadable", why=why))


def _file(
    place: Path, parts: tuple[str, ...], spool: Spool, budget: Budget | None, depth: int
) -> Iterator[Entry]:
    """A plain file; an archive is opened, on a budget of its own where it lies in none that has one."""
    if not _archives.is_archive(parts[-1]):
        yield Entry(parts, place)
        return
    if depth >= _NESTED_ARCHIVES:
        yield Entry(parts, trouble=in_all("handin_archive_deep"))
        return
    budget = budget or Budget.of_a_student()
    try:
        members = _archives.members(place, spool.new, _is_needed, budget)
        opened = list(_opened(members, parts, spool, budget, depth + 1))
    except ArchiveError as error:
        yield Entry(parts, trouble=error.why)
        return
    yield from opened or [Entry(parts, trouble=in_all("handin_archive_empty"))]


def _opened(
    members: list[Member], above: tuple[str, ...], spool: Spool, budget: Budget | None, depth: int
) -> Iterator[Entry]:
    for member in members:
        parts, leads_out = safe_parts(member.name)
        whole = (*above, *parts)
        if leads_out or not parts:
            yield Entry((*whole, "?") if not parts else whole, trouble=in_all("handin_leads_out"))
        elif len(parts) > _DEEPEST_FOLDER:
            yield Entry(whole, trouble=in_all("handin_too_deep"))
        elif member.place is not None:
            yield from _file(member.place, whole, spool, budget, depth)
        else:
            yield Entry(whole, trouble=member.trouble, is_folder=member.is_folder)


def _is_needed(name: str) -> int | None:
    """How many bytes of a member are taken at most; None for what only its name is wanted of."""
    if kind := code_kind(name):
        return size_limit(Path(f"_{kind}")) + 1
    if name.endswith(METADATA):
        return _MOST_METADATA
    return _archives.MOST_NESTED if _archives.is_archive(name) else None
