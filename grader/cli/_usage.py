"""What commands are called with: the course, the question, the folder with the student's files."""

import contextlib
import errno
import os
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli._folder import MEMORY, students_course, working_folder
from grader.messages import Language, default_language, heard, say
from grader.text import one_line

if TYPE_CHECKING:
    from grader.cases import CaseFolder
    from grader.course import Course, Number, Question

__all__ = [
    "DEFAULT_COURSE",
    "UsageError",
    "case_folder",
    "check_only",
    "check_place",
    "check_writable",
    "course_for",
    "course_option",
    "default_course",
    "find",
    "find_data",
    "find_question",
    "find_whole",
    "folder_language",
    "is_own",
    "known_course",
    "numbers_here",
    "place_of",
    "submission_folder",
    "take_languages",
    "usage_errors",
    "write",
    "writing",
]

DEFAULT_COURSE = "tp2"


class UsageError(Exception):
    """A mistake in how the command was called; the message names the argument, the value, the rule."""


@contextlib.contextmanager
def usage_errors() -> Iterator[None]:
    """Turn what the API raises for bad arguments into one line and exit status 2."""
    from grader.course import (
        CourseNotFound,
        ManifestError,
        NumbersError,
        StubError,
        SubmissionError,
    )
    from grader.sandbox.levels import IsolationUnavailable

    known = (CourseNotFound, ManifestError, NumbersError, StubError, SubmissionError)
    try:
        yield
    except (*known, IsolationUnavailable) as error:
        raise UsageError(str(error)) from error


def find(name: str, language: Language) -> "Course":
    """The course of that id, or in that folder."""
    from grader.course import CourseAmbiguous, CourseNotFound, find_course, list_courses

    with usage_errors():
        try:
            return find_course(name)
        except CourseAmbiguous:
            raise
        except CourseNotFound:
            if name in list_courses():
                raise
            known = ", ".join(list_courses()) or "-"
            text = say("unknown_course", language, course=one_line(name), known=known)
            raise UsageError(text) from None


def find_whole(name: str, language: Language) -> "Course":
    """The same, where solutions and checks are needed."""
    course = find(name, language)
    if course.for_students:
        raise UsageError(say("needs_solutions", language, course=course.id))
    return course


def find_question(course: "Course", name: str, language: Language) -> "Question":
    """The question of that id."""
    try:
        return course.question(name)
    except KeyError:
        known = ", ".join(question.id for question in course.questions)
        text = say(
            "unknown_question",
            language,
            question=one_line(name),
            course=course.id,
            known=known,
        )
        raise UsageError(text) from None


def find_data(course: "Course", name: str | None, language: Language) -> str | None:
    """The data of that name; the course's default for None."""
    try:
        return course.data_name(name)
    except KeyError:
        known = ", ".join(course.data) or "-"
        text = say("unknown_data", language, data=name, course=course.id, known=known)
        raise UsageError(text) from None


def check_only(
    course: "Course", questions: list[str], names: list[str], language: Language
) -> None:
    """Names of checks or functions must mean some, in these questions or in all."""
    from grader.checks._chosen import UnknownCheck, choose_checks

    among = [course.question(name) for name in questions] or course.questions
    try:
        with usage_errors():
            choose_checks(course, among, names)
    except UnknownCheck as error:
        known = "\n".join(f"  {name}: {', '.join(of)}" for name, of in error.known.items())
        text = say("unknown_check", language, name=one_line(error.name), known=known)
        raise UsageError(text) from None


def course_option(name: str) -> str:
    """What the commands that are suggested to the student must add to find this course again."""
    return "" if name == known_course() else f" --course {shlex.quote(one_line(name))}"


def known_course() -> str | None:
    """The course that commands without ``--course`` find; None where they find none."""
    try:
        return default_course()
    except UsageError:
        return None


def default_course() -> str:
    """The course that came with the working folder, that it was made for, of the environment, or the usual one.

    Raises:
        UsageError: for a folder that was made for a course that is not known here, or that brings code along.
    """
    from grader.cli._state import State

    if (folder := students_course()) is not None:
        return _came_with(folder)
    made_for, known = State.load().course, os.environ.get("GRADER_COURSE")
    if made_for is None:
        return known or DEFAULT_COURSE
    return _made_for(made_for, known)


def course_for(folder: Path) -> str:
    """The course that a folder is to be made for where none is named: the students' package in it, or the usual one."""
    came_with = students_course(folder)
    return _came_with(came_with) if came_with is not None else DEFAULT_COURSE


def _came_with(folder: Path) -> str:
    """A students' package, of which no code runs; any other course must be named by whoever trusts it."""
    from grader.course import read_course

    name = f"./{folder}" if len(folder.parts) == 1 else str(folder)
    with usage_errors():
        if not read_course(folder).for_students:
            text = say("course_with_code", default_language(), folder=folder, name=name)
            raise UsageError(text)
    return name


def _made_for(made_for: str, known: str | None) -> str:
    """The course of that id: installed, or where GRADER_COURSE says."""
    from grader.course import CourseNotFound, find_course, list_courses

    if made_for in list_courses():
        return made_for
    if known is not None:
        with usage_errors(), contextlib.suppress(CourseNotFound):
            if find_course(known).id == made_for:
                return known
    raise UsageError(say("folder_of_course", default_language(), course=made_for))


def folder_language() -> Language | None:
    """The language that the working folder was made in, where it is spoken here."""
    from grader.cli._state import State

    return heard(State.load().language)


def take_languages(course: str | None) -> None:
    """Read a course for the languages that it brings; what is wrong with it is said by whoever needs it."""
    course = course or known_course()
    if course is None:
        return
    from grader.course import CourseNotFound, ManifestError, find_course

    with contextlib.suppress(CourseNotFound, ManifestError, OSError):
        find_course(course)


def submission_folder(course: "Course", given: Path | None, language: Language) -> Path:
    """The folder with the student's files: ``exercises/`` of the working folder, or this one when it holds them."""
    from grader.course import place_of_files

    folder = given or _default_folder(course)
    if not folder.is_dir():
        text = say("no_folder", language, folder=folder)
        if given is None:
            text += f" {say('make_it', language)}grader init tp" + course_option(course.id)
        raise UsageError(text)
    if place_of_files(course, folder) is None:
        files = ", ".join(question.file for question in course.questions[:2])
        text = say("no_files", language, folder=folder, course=course.id, files=files)
        raise UsageError(text)
    return folder


def _default_folder(course: "Course") -> Path:
    from grader.course import place_of_files

    work = working_folder()
    if not (work / "exercises").is_dir() and place_of_files(course, work) is not None:
        return work
    return work / "exercises"


def is_own(course: "Course", given: Path | None) -> bool:
    """Whether a submission is the working folder's own, of which progress is kept; another's leaves no trace here."""
    return given is None or given.resolve() == _default_folder(course).resolve()


def place_of(course: "Course", folder: Path) -> Path:
    """Where in the submission the files lie, or are to be put."""
    from grader.course import place_of_files

    return place_of_files(course, folder) or folder / course.id


def numbers_here(course: "Course", question: "Question") -> "Mapping[str, Number]":
    """The numbers of the file in the working folder; where there is none, those of the stub."""
    from grader.course import numbers_there

    place = None
    with contextlib.suppress(UsageError):  # an instructor may have no working folder
        place = place_of(course, submission_folder(course, None, default_language()))
    return numbers_there(course, question, place)


def case_folder(course: "Course", folder: Path, language: Language) -> "CaseFolder":
    """Where the cases of the working folder's own submission are kept."""
    from grader.cases import CaseFolder
    from grader.course import student_file

    place = place_of(course, folder)
    memory = working_folder() / MEMORY
    return CaseFolder(memory, lambda name: student_file(place, course.question(name)), language)


def check_place(course: "Course", folder: Path, name: str, language: Language) -> None:
    """A path that names a question must lead to the file that is meant, not to another's of the same name."""
    given = Path(name)
    if len(given.parts) < 2:
        return
    place = place_of(course, folder)
    if given.parent.resolve() != place.resolve():
        text = say("another_place", language, path=given, folder=place, parent=given.parent)
        raise UsageError(text)


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

    with writing(path, language):
        write_file(path, content)


@contextlib.contextmanager
def writing(path: Path, language: Language) -> Iterator[None]:
    """Say of a file that could not be written why."""
    try:
        yield
    except OSError as error:
        raise _not_written(path, error, language) from error


def _not_written(path: Path, error: OSError, language: Language) -> UsageError:
    name = errno.errorcode.get(error.errno or 0, "")
    known = ("ENOENT", "ENOTDIR", "EISDIR", "EACCES", "EROFS", "ENOSPC")
    why = say(name, language) if name in known else error.strerror or type(error).__name__
    return UsageError(say("cannot_write", language, file=path, why=why))
