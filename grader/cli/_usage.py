"""What commands are called with: the course, the question, the folder with the student's files."""

import contextlib
import errno
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from grader.messages import Language, say

if TYPE_CHECKING:
    from grader.course import Course, Question

__all__ = [
    "DEFAULT_COURSE",
    "UsageError",
    "check_writable",
    "course_option",
    "find",
    "find_data",
    "find_question",
    "place_of",
    "submission_folder",
    "usage_errors",
    "write",
]

DEFAULT_COURSE = "tp2"


class UsageError(Exception):
    """A mistake in how the command was called; the message names the argument, the value, the rule."""


@contextlib.contextmanager
def usage_errors() -> Iterator[None]:
    """Turn what the API raises for bad arguments into one line and exit status 2."""
    from grader.course import CourseNotFound, ManifestError, StubError, SubmissionError
    from grader.sandbox.levels import IsolationUnavailable

    known = (CourseNotFound, ManifestError, StubError, SubmissionError, IsolationUnavailable)
    try:
        yield
    except known as error:
        raise UsageError(str(error)) from error


def find(name: str, language: Language) -> "Course":
    """The course of that id, or in that folder."""
    from grader.course import CourseNotFound, find_course, list_courses

    with usage_errors():
        try:
            return find_course(name)
        except CourseNotFound:
            known = ", ".join(list_courses()) or "-"
            text = say("unknown_course", language, course=name, known=known)
            raise UsageError(text) from None


def find_question(course: "Course", name: str, language: Language) -> "Question":
    """The question of that id."""
    try:
        return course.question(name)
    except KeyError:
        known = ", ".join(question.id for question in course.questions)
        text = say("unknown_question", language, question=name, course=course.id, known=known)
        raise UsageError(text) from None


def find_data(course: "Course", name: str | None, language: Language) -> str | None:
    """The data of that name; the course's default for None."""
    try:
        return course.data_name(name)
    except KeyError:
        known = ", ".join(course.data) or "-"
        text = say("unknown_data", language, data=name, course=course.id, known=known)
        raise UsageError(text) from None


def course_option(name: str) -> str:
    """What the commands that are suggested to the student must add to find this course again."""
    return "" if name == DEFAULT_COURSE else f" --course {shlex.quote(name)}"


def submission_folder(course: "Course", given: Path | None, language: Language) -> Path:
    """The folder with the student's files: ``exercises/`` here, or this very folder when it holds them."""
    folder = given or _default_folder(course)
    if not folder.is_dir():
        text = say("no_folder", language, folder=folder)
        if given is None:
            text += f" {say('make_it', language)}grader init tp" + course_option(course.id)
        raise UsageError(text)
    names = [question.file for question in course.questions]
    references = [f"{question.folder}/solution.py" for question in course.questions]
    places = (folder, folder / course.id)
    if not any((place / name).exists() for place in places for name in (*names, *references)):
        files = ", ".join(names[:2])
        text = say("no_files", language, folder=folder, course=course.id, files=files)
        raise UsageError(text)
    return folder


def _default_folder(course: "Course") -> Path:
    here = Path()
    if not (here / "exercises").is_dir():
        names = [question.file for question in course.questions]
        if any((place / name).exists() for place in (here, here / course.id) for name in names):
            return here
    return here / "exercises"


def place_of(course: "Course", folder: Path) -> Path:
    """Where in the submission the files lie: directly, or under the course's name."""
    direct = any((folder / question.file).exists() for question in course.questions)
    return folder if direct else folder / course.id


def check_writable(path: Path | None, language: Language) -> None:
    """Better to hear of a bad path before the grading than after."""
    if path is None:
        return
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "Is a directory")
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise _not_written(path, error, language) from error


def write(path: Path, content: bytes, language: Language) -> None:
    """Write a file whole, or say why that cannot be done."""
    from grader.report import write_file

    try:
        write_file(path, content)
    except OSError as error:
        raise _not_written(path, error, language) from error


def _not_written(path: Path, error: OSError, language: Language) -> UsageError:
    name = errno.errorcode.get(error.errno or 0, "")
    known = ("ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EROFS", "ENOSPC")
    why = say(name, language) if name in known else error.strerror or type(error).__name__
    return UsageError(say("cannot_write", language, file=path, why=why))
