"""When students handed in: a CSV file that somebody has, the platform's own times, those of its archive."""

import datetime
import re
import unicodedata
from collections.abc import Mapping, Set
from pathlib import Path

from grader.cohort import Graded
from grader.handins import HandinsError, read_people
from grader.marking._policy import Late, PolicyError

__all__ = ["handed_in_at", "read_times"]

# Moodle's worksheet, Gradescope's and other systems' tables of marks.
_TITLES = (
    *("handed_in", "handed in", "submitted", "submitted at", "submission time", "submitted_at"),
    *("last modified (submission)", "dernière modification (travail remis)", "remis le", "date"),
    *("dernière modification (soumission)", "time", "heure"),
)
_NONE = ("", "-", "–")
_MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "jan",
            "feb fev",
            "mar",
            "apr avr",
            "may mai",
            "jun juin",
            "jul juil",
            "aug aou",
            "sep",
            "oct",
            "nov",
            "dec",
        ]
    )
    for name in names.split()
}
_WRITTEN = re.compile(  # "Friday, 15 March 2024, 10:05 PM", "vendredi 15 mars 2024, 22:05"
    r"(?:\w+,? )?(?P<day>\d{1,2})(?:er)? (?P<month>[a-z]+)\.? (?P<year>\d{4}),? (?:at |a )?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?: ?(?P<half>[ap]m))?"
)


def read_times(late: Late, students: Set[str]) -> dict[str, datetime.datetime]:
    """The times that the policy's file tells, by the students' ids.

    Raises:
        PolicyError: for a file that cannot be read, has no such column, a time that is none, or none of the students.
    """
    if late.file is None:
        return {}
    try:
        people = read_people(Path(late.file), "late.file")
    except HandinsError as error:
        raise PolicyError(f"policy: {error}") from error
    titles = {title.strip().casefold(): title for _, row in people for title in row}
    wanted = (late.column.strip().casefold(),) if late.column else _TITLES
    title = next((titles[name] for name in wanted if name in titles), None)
    if title is None:
        raise PolicyError(
            f"policy: late.file (={late.file!r}) must have a column with times; it has: {', '.join(titles.values())}. "
            "Name it by late.column"
        )
    found: dict[str, datetime.datetime] = {}
    met = 0
    for names, row in people:
        mine = {name for name in map(_number_of, names) if name in students} or names & students
        met += bool(mine)
        text = row[title].strip()
        if len(mine) == 1 and text not in _NONE:
            found[mine.pop()] = _moment(text, late, title)
    if not met:
        raise PolicyError(
            f"policy: late.file (={late.file!r}) has none of the students; it must have their ids"
        )
    return found


def handed_in_at(
    late: Late, graded: Graded, times: Mapping[str, datetime.datetime]
) -> datetime.datetime | None:
    """When a hand-in came; None where nothing tells it.

    Args:
        late: the policy.
        graded: the hand-in.
        times: of the policy's file, which know of the last hand-in of each student only.
    """
    if graded.current and graded.student in times:
        return times[graded.student]
    told = graded.handin.get("handed_in") or {}
    if at := told.get("at"):
        return datetime.datetime.fromisoformat(at).astimezone(datetime.UTC)
    if late.archive and (archived := told.get("archived")):
        return late.moment(datetime.datetime.fromisoformat(archived), "late.archive")
    return None


def _number_of(name: str) -> str:
    """Of "Participant 1234567", as Moodle's worksheet has it, the number."""
    match = re.fullmatch(r"[^\W\d]+ (\d+)", name.strip())
    return match[1] if match else name


def _moment(text: str, late: Late, title: str) -> datetime.datetime:
    key = f"late.file, column {title!r},"
    try:
        return late.moment(datetime.datetime.fromisoformat(text), key)
    except ValueError:
        pass
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    match = _WRITTEN.fullmatch(" ".join(plain.split()))
    month = _month(match["month"]) if match else None
    if match is None or month is None:
        raise PolicyError(
            f"policy: {key} has {text!r}, which must be a time such as 2026-10-05 23:59:00+02:00, or as Moodle "
            "writes it in English or French"
        )
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] == "pm" else 0)
    try:
        told = datetime.datetime(
            int(match["year"]), month, int(match["day"]), hour, int(match["minute"]),
            int(match["second"] or 0),
        )  # fmt: skip
    except ValueError as error:
        raise PolicyError(f"policy: {key} has {text!r}: {error}") from error
    return late.moment(told, key)


def _month(word: str) -> int | None:
    """Of its first letters: a longer name comes before a shorter one that begins alike."""
    return next((1 + _MONTHS[word[:n]] for n in (4, 3) if word[:n] in _MONTHS), None)
