"""Who sent which entry: the layouts in which platforms deliver a class, and plain folders and files."""

import dataclasses
import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from grader.course import Course
from grader.handins import _archives
from grader.handins._entries import METADATA, Entry
from grader.handins._model import HandinsError
from grader.handins._names import code_kind, is_by_product, stem, without_copy_marks
from grader.handins._questions import by_name, without_question

__all__ = ["Sender", "senders"]

_MOODLE = re.compile(
    r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.*))?$"
)
_CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<id>\d+)_(?P<attempt>\d+)_(?P<file>.+)$")
_GRADESCOPE = re.compile(r"submission_\d+$")


@dataclasses.dataclass(frozen=True)
class Sender:
    """Who sent something, as the place where it lies tells.

    Attributes:
        id: the platform's number; else the name of the folder or file, without what copying added.
        name: as people write it; empty where only the id is known.
        hints: under what to look for them in a roster, the surest first.
        at: when, by the platform's clock; None where it tells none.
        marked_late: whether the platform marks it as late.
    """

    id: str
    name: str = ""
    hints: tuple[str, ...] = ()
    at: datetime.datetime | None = None
    marked_late: bool = False


def senders(
    course: Course, entries: Sequence[Entry], path: Path
) -> Iterator[tuple[Entry, Entry, tuple[Sender, ...]]]:
    """Each entry, the same as seen from its sender's own folder, and who sent it: nobody, one, the members of a group.

    Raises:
        HandinsError: when Gradescope's list of submissions cannot be read.
    """
    if _is_one_submission(course, entries):
        name = stem(path.name) if _archives.is_archive(path.name) else path.resolve().name
        sender = Sender(name, hints=(name,))
        yield from ((entry, entry, (sender,)) for entry in entries)
        return
    depth = _depth_of_a_class(entries)
    groups = _groups(entries, depth)
    for entry in entries:
        if len(entry.parts) <= depth or is_by_product(entry.parts[: depth + 1]):
            yield entry, entry, ()
        elif entry.parts[depth] in groups:
            yield entry, _inside(entry, depth), groups[entry.parts[depth]]
        else:
            inside, sender = _one_sender(course, entry, depth)
            yield entry, inside, (sender,) if sender else ()


def _one_sender(course: Course, entry: Entry, depth: int) -> tuple[Entry, Sender | None]:
    name = entry.parts[depth]
    if match := _MOODLE.match(name):
        sender = Sender(match["id"], match["name"], (match["id"], match["name"]))
        return _inside(entry, depth, match["file"] or match["kind"]), sender
    if _is_file(name) and (match := _CANVAS.match(name)):
        hints = (match["id"], match["name"])
        sender = Sender(match["id"], match["name"], hints, marked_late=bool(match["late"]))
        return _inside(entry, depth, match["file"]), sender
    if len(entry.parts) == depth + 1 and not entry.is_folder and not _archives.is_archive(name):
        own = without_copy_marks(without_question(course, stem(name)).strip(" _-."))
        is_code = bool(own) and code_kind(name) is not None
        return _inside(entry, depth, name), Sender(own, hints=(own,)) if is_code else None
    own = without_copy_marks(stem(name) if _archives.is_archive(name) else name)
    return _inside(entry, depth, name), Sender(own, hints=(own, name))


def _is_file(name: str) -> bool:
    """Whether it names a file, which may be an archive whose members stand below it, not a folder."""
    return "." in name


def _inside(entry: Entry, depth: int, name: str = METADATA) -> Entry:
    """The entry as its sender called it: without the folders around, or as ``name`` where it lies in none."""
    below = entry.parts[depth + 1 :]
    return dataclasses.replace(entry, parts=below or (name,))


def _is_one_submission(course: Course, entries: Iterable[Entry]) -> bool:
    """Whether the folder is that of one student: files of the course, or the folders of ``grader init``, on top."""
    for entry in entries:
        if is_by_product(entry.parts):
            continue
        name = entry.parts[0]
        if len(entry.parts) > 1 and name.casefold() in ("exercises", course.id):
            return True
        kind = code_kind(name)
        exact = by_name(course, stem(name)) if kind and len(entry.parts) == 1 else []
        if exact and not without_copy_marks(without_question(course, stem(name))).strip(" _-."):
            return True
    return False


def _depth_of_a_class(entries: Sequence[Entry]) -> int:
    """How many folders lie around a platform's layout: ``assignment_1_export/submission_2/...``."""
    for depth in range(3):
        here = [e for e in entries if len(e.parts) > depth and not is_by_product(e.parts)]
        names = {entry.parts[depth] for entry in here}
        if any(map(_is_of_a_platform, names)):
            return depth
        if len(names) != 1:
            break
    return 0


def _is_of_a_platform(name: str) -> bool:
    matched = _MOODLE.match(name) or _GRADESCOPE.match(name) or name == METADATA
    return bool(matched) or (_is_file(name) and bool(_CANVAS.match(name)))


def _groups(entries: Sequence[Entry], depth: int) -> dict[str, tuple[Sender, ...]]:
    """Gradescope's folders, with those who submitted each."""
    for entry in entries:
        if entry.parts[depth:] == (METADATA,) and entry.place is not None:
            told = _metadata(entry.place)
            break
    else:
        return {}
    groups = {}
    for folder, facts in told.items():
        listed = facts.get(":submitters") if isinstance(facts, dict) else None
        people = [p for p in (listed if isinstance(listed, list) else []) if isinstance(p, dict)]
        created = facts.get(":created_at") if isinstance(facts, dict) else None
        # Without an offset nobody knows which moment is meant.
        at = created if isinstance(created, datetime.datetime) and created.tzinfo else None
        if made := tuple(_submitter(person, str(folder), at) for person in people):
            groups[str(folder)] = made
    return groups


def _submitter(person: dict[str, Any], folder: str, at: datetime.datetime | None) -> Sender:
    sid, email, name = (
        str(person.get(f":{key}") or "").strip() for key in ("sid", "email", "name")
    )
    hints = tuple(filter(None, (sid, email, name)))
    return Sender(sid or email or name or folder, name, hints, at)


def _metadata(path: Path) -> dict[str, Any]:
    try:
        import yaml
    except ImportError:
        raise HandinsError(
            f"{METADATA} of Gradescope needs PyYAML, which is not installed: "
            "pip install 'jaxcnn[cohort]' (in a clone: '.[cohort]')"
        ) from None

    class Loader(yaml.SafeLoader):
        """Objects of Ruby are of no interest, but for the moment that a time of Rails holds; none is made."""

    def moment(loader: Loader, node: Any) -> Any:
        return loader.construct_mapping(node, deep=True).get("utc")

    nothing: Callable[..., None] = lambda loader, suffix, node: None  # noqa: E731
    Loader.add_constructor("!ruby/object:ActiveSupport::TimeWithZone", moment)
    Loader.add_multi_constructor("!", nothing)
    Loader.add_multi_constructor("tag:", nothing)
    try:
        with open(path, "rb") as stream:
            told = yaml.load(stream, Loader)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise HandinsError(f"{METADATA} of Gradescope cannot be read: {error}") from error
    if not isinstance(told, dict):
        raise HandinsError(f"{METADATA} of Gradescope must list submissions")
    return told
