"""What the student's commands do."""

import contextlib
import datetime
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.messages import Language, say

if TYPE_CHECKING:
    from rich.console import Console

    from grader.course import Course, Question
    from grader.results import Result

__all__ = [
    "UsageError",
    "hint",
    "init",
    "list_questions",
    "reset",
    "run",
    "show",
    "solution",
    "watch",
]

_POLL_SECONDS = 0.3


class UsageError(Exception):
    """A mistake in how the command was called; the message names the argument, the value, the rule."""


@contextlib.contextmanager
def usage_errors() -> Iterator[None]:
    """Turn what the API raises for bad arguments into one line and exit status 2."""
    from grader.course import CourseNotFound, ManifestError, StubError, SubmissionError
    from grader.sandbox.levels import IsolationUnavailable

    known = (
        CourseNotFound,
        ManifestError,
        StubError,
        SubmissionError,
        IsolationUnavailable,
        KeyError,
    )
    try:
        yield
    except known as error:
        raise UsageError(str(error.args[0]) if error.args else str(error)) from error


def run(
    course_name: str,
    questions: list[str],
    submission: Path | None,
    *,
    seed: int | None,
    language: Language,
    isolation: int | str,
    timeout: float | None,
    json: Path | None,
    junit: Path | None,
) -> None:
    with usage_errors():
        course = _course(course_name)
        folder = _submission(course, submission)
        for path in (json, junit):
            _check_writable(path)
        result = _grade(course, folder, questions, seed, language, isolation, timeout)
    _save(result, json, junit)
    _remember(course, result)
    raise typer.Exit(result.exit_status)


def watch(
    course_name: str,
    question: str | None,
    submission: Path | None,
    language: Language,
    isolation: int | str,
) -> None:
    with usage_errors():
        course = _course(course_name)
        folder = _submission(course, submission)
        chosen = course.question(question) if question else None
    while True:
        from grader.cli._state import State

        current = chosen or State.load().first_open(course)
        if current is None:
            typer.echo(say("all_passed", language))
            return
        path = _place(course, folder) / current.file
        stamp = _stamp(path)
        with usage_errors():
            result = _grade(course, folder, [current.id], None, language, isolation, None)
        _remember(course, result)
        if result.exit_status == 0:
            if chosen:
                return
            continue
        typer.echo(say("watching", language, file=path))
        while _stamp(path) == stamp:
            time.sleep(_POLL_SECONDS)


def list_questions(course_name: str, language: Language) -> None:
    from rich.table import Table
    from rich.text import Text

    from grader.cli._state import State

    with usage_errors():
        course = _course(course_name)
    state = State.load()
    table = Table(
        title=Text(course.title[language]), title_justify="left", box=None, pad_edge=False
    )
    for key in ("question", "title", "points", "verdict"):
        table.add_column(say(key, language), justify="right" if key == "points" else "left")
    for question in course.questions:
        record = state.record(course, question)
        verdict = say(f"verdict_{record.verdict}", language) if record else ""
        points = f"{record.score:g} / {question.points:g}" if record else f"{question.points:g}"
        style = "green" if record and record.passed else None
        cells = (question.id, question.title[language], points, verdict)
        table.add_row(*map(Text, cells), style=style)
    _console().print(table)


def show(course_name: str, question_id: str, language: Language) -> None:
    course, question = _question(course_name, question_id)
    _print_markdown(course.text(question, "statement", language))


def hint(course_name: str, question_id: str, level: int | None, language: Language) -> None:
    from grader.cli._state import State

    course, question = _question(course_name, question_id)
    levels = _hint_levels(course.text(question, "hints", language))
    state = State.load()
    level = level or min(state.hint_level(course, question) + 1, len(levels))
    state.save_hint(course, question, level)
    _print_markdown(f"**{question.id} · {level}/{len(levels)}**\n\n{levels[level - 1]}")


def solution(course_name: str, question_id: str, language: Language) -> None:
    from rich.syntax import Syntax

    from grader.cli._state import State
    from grader.course import in_language, without_markers

    course, question = _question(course_name, question_id)
    record = State.load().record(course, question)
    if record is None or not record.passed:
        raise UsageError(say("solution_locked", language, question=question.id))
    source = (course.path / question.folder / "solution.py").read_text(encoding="utf-8")
    text = in_language(without_markers(source), language)
    _console().print(Syntax(text, "python", background_color="default"))


def reset(course_name: str, question_id: str, submission: Path | None, language: Language) -> None:
    from grader.course import in_language, packaged_exercises
    from grader.report import write_file

    course, question = _question(course_name, question_id)
    with usage_errors():
        place = _place(course, _submission(course, submission))
    path = place / question.file
    stub = (packaged_exercises(course) / question.file).read_text(encoding="utf-8")
    if path.is_file():
        content = path.read_bytes()
        now = datetime.datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        backup = Path(".grader") / "backup" / f"{now}-{question.file}"
        write_file(backup, content)
        typer.echo(say("kept", language, file=backup))
        if b"FR:" in content and b"EN:" in content:
            write_file(path, stub.encode())
            return
    write_file(path, in_language(stub, language).encode())


def init(course_name: str, folder: Path, language: Language) -> None:
    from grader.course import in_language, packaged_exercises
    from grader.report import write_file

    with usage_errors():
        course = _course(course_name)
    place = folder / "exercises" / course.id
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"folder (={str(folder)!r}) must be a folder, not a file")
    for question in course.questions:
        target = place / question.file
        if target.exists():
            typer.echo(say("left_alone", language, file=target))
            continue
        stub = (packaged_exercises(course) / question.file).read_text(encoding="utf-8")
        write_file(target, in_language(stub, language).encode())
    typer.echo(say("made", language, folder=folder, course=course.title[language]))


# ------------------------------------------------------------------------------------------ helpers


def _course(name: str) -> "Course":
    from grader.course import find_course

    return find_course(name)


def _question(course_name: str, question_id: str) -> "tuple[Course, Question]":
    with usage_errors():
        course = _course(course_name)
        return course, course.question(question_id)


def _submission(course: "Course", given: Path | None) -> Path:
    """``exercises/`` here, or this very folder when it holds the files."""
    if given is not None:
        return given
    here = Path()
    if not (here / "exercises").is_dir():
        names = [question.file for question in course.questions]
        if any((place / name).exists() for place in (here, here / course.id) for name in names):
            return here
    return here / "exercises"


def _place(course: "Course", folder: Path) -> Path:
    """Where in the submission the files lie: directly, or under the course's name."""
    direct = any((folder / question.file).exists() for question in course.questions)
    return folder if direct else folder / course.id


def _grade(
    course: "Course",
    folder: Path,
    questions: list[str],
    seed: int | None,
    language: Language,
    isolation: int | str,
    timeout: float | None,
) -> "Result":
    # The references need no accelerator, and looking for one takes seconds.
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    from grader.grading import grade
    from grader.report import TerminalReport

    report = TerminalReport(_console(), language)
    report.start(course.title[language])
    try:
        result = grade(
            course,
            folder,
            questions=questions or None,
            seed=seed,
            language=language,
            isolation=isolation,
            timeout=timeout,
            on_check=report.check_done,
        )
    finally:
        report.stop()
    report.finish(result)
    return result


def _check_writable(path: Path | None) -> None:
    """Better to hear of a bad path before the grading than after."""
    if path is None:
        return
    folder = path.parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise UsageError(f"path (={str(path)!r}) must be a file in an existing, writable folder")


def _save(result: "Result", json: Path | None, junit: Path | None) -> None:
    from grader.report import to_junit, write_file

    if json:
        write_file(json, result.to_json())
    if junit:
        write_file(junit, to_junit(result))


def _remember(course: "Course", result: "Result") -> None:
    from grader.cli._state import State

    with contextlib.suppress(OSError):  # a read-only folder: nothing to remember then
        State.load().save_result(course, result)


def _hint_levels(text: str) -> list[str]:
    import re

    return [part.strip() for part in re.split(r"^## \d+\s*$", text, flags=re.MULTILINE)[1:]]


def _stamp(path: Path) -> tuple[int, int]:
    with contextlib.suppress(OSError):
        status = path.stat()
        return status.st_mtime_ns, status.st_size
    return 0, 0


def _print_markdown(text: str) -> None:
    from rich.markdown import Markdown

    _console().print(Markdown(text))


def _console() -> "Console":
    from rich.console import Console

    class Quiet(Console):
        """When its reader leaves (``grader run | head``), the grading goes on and the rest is dropped."""

        def on_broken_pipe(self) -> None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    return Quiet(highlight=False)
