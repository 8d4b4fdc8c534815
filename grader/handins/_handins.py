"""From a folder or an archive of a class to hand-ins, one student at a time."""

import contextlib
import dataclasses
import datetime
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.course import Course
from grader.handins._archives import ArchiveError
from grader.handins._entries import Entry, Spool, read_entries
from grader.handins._model import (
    Account,
    Fate,
    HandedIn,
    Handin,
    Handins,
    HandinsError,
    Student,
)
from grader.handins._names import code_kind, is_by_product
from grader.handins._numbers import with_number_notes
from grader.handins._roster import Roster, read_roster
from grader.handins._senders import Sender, senders
from grader.handins._settle import Received, settle
from grader.messages import in_all
from grader.text import letters

__all__ = ["iter_handins", "read_handin", "read_handins"]


def read_handins(course: Course, path: Path, roster: Path | None = None) -> Handins:
    """Read what a class handed in; nothing of it is parsed or run.

    Args:
        course: the course.
        path: a folder, or a zip or tar archive: a folder, an archive or files for each student, or as Moodle,
            Gradescope or Canvas delivers it; or the folder of a single student.
        roster: a CSV file of the students; without it they are who the platform or their folders say.

    Returns:
        A hand-in for each student, of the roster's too who sent nothing, and the files that are nobody's.

    Raises:
        HandinsError: for a path or a roster that cannot be read.
    """
    strays: list[Account] = []
    handins = tuple(iter_handins(course, path, roster, strays))
    return Handins(handins, tuple(strays))


def read_handin(course: Course, path: Path) -> Handin:
    """Read what a single student handed in, whatever folders it lies in; nothing of it is parsed or run.

    Args:
        course: the course.
        path: a folder, or a zip or tar archive, with one student's files and no other's.

    Raises:
        HandinsError: for a path that cannot be read.
    """
    with _entries(path) as entries:
        received = [Received(entry.path, entry) for entry in entries]
        return settle(course, Student(path.stem or "student"), received)


def iter_handins(
    course: Course, path: Path, roster: Path | None, strays: list[Account]
) -> Iterator[Handin]:
    """The same, one by one, so that only one student's files are in memory.

    Args:
        course: as for :func:`read_handins`.
        path: as there.
        roster: as there.
        strays: the files that are nobody's are added to it before the first hand-in comes.
    """
    students = read_roster(roster) if roster is not None else None
    with _entries(path) as entries:
        boxes = _sorted_into_boxes(course, entries, path, students, strays)
        for key in sorted(boxes, key=lambda key: boxes[key].student.id):
            box = boxes[key]
            handin = dataclasses.replace(
                settle(course, box.student, box.received), handed_in=box.handed_in
            )
            known = students is not None and box.student.listed
            yield with_number_notes(course, handin) if known else handin


@contextlib.contextmanager
def _entries(path: Path) -> Iterator[list[Entry]]:
    """All files of a delivery; what archives held can be read until the block is left."""
    if not path.exists():
        raise HandinsError(f"path (={str(path)!r}) must be an existing folder or archive")
    with tempfile.TemporaryDirectory(prefix="grader-handins-") as folder:
        try:
            entries = read_entries(path, Spool(Path(folder)))
        except ArchiveError as error:
            raise HandinsError(f"path (={str(path)!r}) cannot be read: {error}") from error
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise HandinsError(f"path (={str(path)!r}) cannot be read: {why}") from error
        yield entries


@dataclasses.dataclass
class _Box:
    student: Student
    received: list[Received]
    sent: set[Sender] = dataclasses.field(default_factory=set)

    @property
    def handed_in(self) -> HandedIn:
        """The latest of what the senders' places tell: all of it was there then."""
        archived = [
            one.entry.modified
            for one in self.received
            if one.entry.modified is not None and not is_by_product(one.entry.parts)
        ]
        return HandedIn(
            at=max((sender.at for sender in self.sent if sender.at), default=None),
            archived=max(archived, key=datetime.datetime.isoformat, default=None),
            marked_late=any(sender.marked_late for sender in self.sent),
        )


def _sorted_into_boxes(
    course: Course, entries: list[Entry], path: Path, roster: Roster | None, strays: list[Account]
) -> dict[str, _Box]:
    """A box for each student; those of the roster have one even if nothing came."""
    boxes: dict[str, _Box] = {}
    for student in roster.students if roster else ():
        boxes[f"listed {student.id}"] = _Box(student, [])
    for entry, inside, sent in senders(course, entries, path):
        if not sent:
            strays.append(_stray(entry))
        for sender in sent:
            key, student = _who(sender, roster)
            box = boxes.setdefault(key, _Box(student, []))
            box.received.append(Received(entry.path, inside))
            box.sent.add(sender)
    return boxes


def _who(sender: Sender, roster: Roster | None) -> tuple[str, Student]:
    """The student, and a key by which all that came from them is put together."""
    if roster is None:
        return f"sent {letters(sender.id) or sender.id}", Student(sender.id, sender.name)
    if found := roster.find(sender.hints):
        return f"listed {found.id}", found
    key = f"unlisted {letters(sender.id) or sender.id}"
    taken = any(sender.id == student.id for student in roster.students)
    return key, Student(f"?{sender.id}" if taken else sender.id, sender.name, listed=False)


def _stray(entry: Entry) -> Account:
    if is_by_product(entry.parts):
        return Account(entry.path, Fate.IGNORED, in_all("handin_by_product"))
    if entry.trouble:
        return Account(entry.path, Fate.UNREAD, entry.trouble)
    if code_kind(entry.parts[-1]):
        return Account(entry.path, Fate.AMBIGUOUS, in_all("handin_of_nobody"))
    return Account(entry.path, Fate.IGNORED, in_all("handin_other_kind"))
