"""Grading, once or at every save."""

import contextlib
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli import _usage
from grader.cli._output import console, tell
from grader.messages import Language, say

if TYPE_CHECKING:
    from grader.course import Course
    from grader.report import TerminalReport
    from grader.results import Result

__all__ = ["run", "watch"]

_POLL_SECONDS = 0.3


def run(
    course_name: str,
    questions: list[str],
    submission: Path | None,
    *,
    seed: int | None,
    language: Language,
    isolation: int | str,
    timeout: float | None,
    data: str | None,
    json: Path | None,
    junit: Path | None,
) -> None:
    from grader.report import to_junit

    course = _usage.find(course_name, language)
    chosen = [_usage.find_question(course, name, language).id for name in questions]
    data = _usage.find_data(course, data, language)
    folder = _usage.submission_folder(course, submission, language)
    for path in (json, junit):
        _usage.check_writable(path, language)
    report = _report(course_name, language)
    result = _grade(report, course, folder, chosen, seed, isolation, timeout, data)
    if json:
        _usage.write(json, result.to_json(), language)
    if junit:
        _usage.write(junit, to_junit(result), language)
    _remember(course, result)
    if submission is None:
        _suggest(report, course, result)
    raise typer.Exit(result.exit_status)


def watch(
    course_name: str,
    question: str | None,
    submission: Path | None,
    language: Language,
    isolation: int | str,
) -> None:
    from grader.cli._state import State

    course = _usage.find(course_name, language)
    chosen = _usage.find_question(course, question, language) if question else None
    folder = _usage.submission_folder(course, submission, language)
    while current := chosen or State.load().first_open(course):
        path = _usage.place_of(course, folder) / current.file
        stamp = _stamp(path)
        report = _report(course_name, language)
        result = _grade(report, course, folder, [current.id], None, isolation, None, None)
        _remember(course, result)
        if result.exit_status == 0:
            if chosen:
                return
            report.console.print()
            continue
        tell(say("watching", language, file=path))
        while _stamp(path) == stamp:
            time.sleep(_POLL_SECONDS)
        report.console.clear()
    tell(say("all_passed", language))


def _report(course_name: str, language: Language) -> "TerminalReport":
    from grader.report import TerminalReport

    return TerminalReport(console(), language, _usage.course_option(course_name))


def _grade(
    report: "TerminalReport",
    course: "Course",
    folder: Path,
    questions: list[str],
    seed: int | None,
    isolation: int | str,
    timeout: float | None,
    data: str | None,
) -> "Result":
    # The references need no accelerator, and looking for one takes seconds.
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    from grader.grading import grade

    report.start(course.title[report.language])
    try:
        with _usage.usage_errors():
            result = grade(
                course,
                folder,
                questions=questions or None,
                seed=seed,
                language=report.language,
                isolation=isolation,
                timeout=timeout,
                data=data,
                on_check=report.check_done,
            )
    finally:
        report.stop()
    report.finish(result)
    return result


def _suggest(report: "TerminalReport", course: "Course", result: "Result") -> None:
    """What to do next, where the report of a question does not say it."""
    from grader.cli._state import State
    from grader.results import Verdict

    graded = [question for question in result.questions if question.score == question.max_score]
    if len(graded) == len(result.questions) == 1:
        report.suggest("compare", f"grader solution {graded[0].id}")
    if not (current := State.load().first_open(course)):
        return
    if all(question.verdict is Verdict.NOT_ATTEMPTED for question in result.questions):
        report.suggest("to_begin", f"grader show {result.questions[0].id}")
    elif len(graded) == len(result.questions):
        report.suggest("next_question", f"grader show {current.id}")


def _remember(course: "Course", result: "Result") -> None:
    from grader.cli._state import State

    with contextlib.suppress(OSError):  # a read-only folder: nothing to remember then
        State.load().save_result(course, result)


def _stamp(path: Path) -> tuple[int, int]:
    with contextlib.suppress(OSError):
        status = path.stat()
        return status.st_mtime_ns, status.st_size
    return 0, 0
