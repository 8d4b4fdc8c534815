"""What two grading processes tell each other: lines of JSON. Both are ours, and trust each other."""

from pathlib import Path
from typing import Any

import msgspec

from grader.course import Course, SubmittedFile
from grader.grading._files import Options
from grader.results import QuestionResult

__all__ = ["Assignment", "Begun", "Checked", "Ended", "Message", "Stretch", "Told", "line", "read"]


class Assignment(msgspec.Struct, frozen=True):
    """The run, once to each process; files as they were read, which may change meanwhile."""

    course: Course
    files: list[SubmittedFile]
    options: Options


class Stretch(msgspec.Struct, frozen=True):
    """Questions to be graded next."""

    questions: tuple[str, ...]


class Begun(msgspec.Struct, frozen=True, tag=True):
    """A check begins."""

    title: str


class Checked(msgspec.Struct, frozen=True, tag=True):
    """A check has ended.

    Attributes:
        question: as far as it has come; all its checks are there.
        place: of the check.
        spent: own time of the question so far.
    """

    question: QuestionResult
    place: int
    spent: float


class Ended(msgspec.Struct, frozen=True, tag=True):
    """A stretch has ended.

    Attributes:
        questions: all that is to be said of it.
        spent: own time of each question.
        received: CPU seconds that workers got while somebody looked.
        wanted: CPU seconds that they would have used on a free machine.
    """

    questions: list[QuestionResult]
    spent: dict[str, float]
    received: float
    wanted: float


Told = Begun | Checked | Ended
Message = Assignment | Stretch | Told


def line(message: Message) -> bytes:
    """A message as one line."""
    return msgspec.json.encode(message, enc_hook=_as_text) + b"\n"


def read(text: bytes, kind: Any) -> Any:
    """The message in a line.

    Raises:
        msgspec.DecodeError: for anything else.
    """
    return msgspec.json.decode(text, type=kind, dec_hook=_from_text)


def _as_text(value: Any) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(type(value))


def _from_text(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise NotImplementedError(kind)
