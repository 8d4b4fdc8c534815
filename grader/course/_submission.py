"""A submission: a folder with the stub files, directly or under the course's name."""

import codecs
import dataclasses
from pathlib import Path

from grader.course._manifest import Course, Question
from grader.messages import LANGUAGES, Text, say

__all__ = ["SubmissionError", "SubmittedFile", "find_submission", "same_text"]

MAX_FILE_BYTES = 2**20


class SubmissionError(ValueError):
    """A submission folder that holds none of the course's files; the message says what was looked for."""


@dataclasses.dataclass(frozen=True)
class SubmittedFile:
    """The file submitted for one question.

    Attributes:
        question: the question.
        path: where the file lies, or should.
        content: None when it is missing or cannot be read.
        problem: why it cannot be read, in each language; empty otherwise.
    """

    question: Question
    path: Path
    content: bytes | None
    problem: Text = dataclasses.field(default_factory=dict)


def find_submission(course: Course, folder: Path) -> list[SubmittedFile]:
    """Read the files that the manifest names, one for each question.

    Args:
        course: the course.
        folder: the submission; the course's own ``solutions`` folder (or its parent) grades the references.

    Raises:
        SubmissionError: when the folder is missing, or holds none of the files.
    """
    if not folder.is_dir():
        raise SubmissionError(f"submission (={str(folder)!r}) must be an existing folder")
    for place in (folder, folder / course.id):
        files = [_read(question, place, folder) for question in course.questions]
        if any(file.content is not None or file.problem for file in files):
            return files
    names = ", ".join(question.file for question in course.questions[:3])
    raise SubmissionError(
        f"submission (={str(folder)!r}) must hold the files of {course.id} ({names}, ...), "
        f"directly or in a folder {course.id!r}"
    )


def _read(question: Question, place: Path, folder: Path) -> SubmittedFile:
    path = place / question.file
    reference = place / question.folder / "solution.py"
    try:
        if not path.exists() and reference.is_file():
            path = reference
        if not path.is_file():
            there = path.exists() or path.is_symlink()
            return SubmittedFile(question, path, None, _problem("not_a_file") if there else {})
        # A link out of the folder could make someone else's file, or the solution, this submission's.
        if not path.resolve().is_relative_to(folder.resolve()):
            return SubmittedFile(question, path, None, _problem("link_outside"))
        with open(path, "rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        return SubmittedFile(question, path, None, dict.fromkeys(LANGUAGES, why))
    if len(content) > MAX_FILE_BYTES:
        return SubmittedFile(question, path, None, _problem("too_large", bytes=MAX_FILE_BYTES))
    return SubmittedFile(question, path, content)


def _problem(key: str, **facts: object) -> Text:
    return {language: say(key, language, **facts) for language in LANGUAGES}


def same_text(one: bytes, other: bytes) -> bool:
    """Whether two files differ at most in line ends, trailing blanks and a byte order mark."""
    return _lines(one) == _lines(other)


def _lines(content: bytes) -> list[bytes]:
    return [line.rstrip() for line in content.removeprefix(codecs.BOM_UTF8).rstrip().splitlines()]
