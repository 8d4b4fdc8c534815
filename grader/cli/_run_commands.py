"""Grading, once or at every save."""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from grader.cli import _usage
from grader.cli._dates import require_open, those_open
from grader.cli._output import console, tell
from grader.cli._pages import live_page, write_result
from grader.cli._seed import kept_seed
from grader.messages import Language, say, told

if TYPE_CHECKING:
    from grader.cases import CaseFolder
    from grader.cli._state import State
    from grader.course import Course, Question
    from grader.report import TerminalReport
    from grader.results import CheckResult, QuestionResult, Result

__all__ = ["run", "watch"]


def run(
    course_name: str,
    questions: list[str],
    submission: Path | None,
    *,
    only: list[str],
    seed: int | None,
    seed_file: Path | None,
    language: Language,
    isolation: int | str,
    timeout: str | None,
    total: float | None,
    data: str | None,
    jobs: int | str,
    json: Path | None,
    junit: Path | None,
    html: Path | None,
) -> None:
    from grader.cli._state import State
    from grader.report import to_junit

    course = _usage.find(course_name, language)
    chosen = [_usage.find_question(course, name, language).id for name in questions]
    if only:
        _usage.check_only(course, chosen, only, language)
    data = _usage.find_data(course, data, language)
    folder = _usage.submission_folder(course, submission, language)
    for name in questions:
        _usage.check_place(course, folder, name, language)
    if seed is not None and seed_file is not None:
        raise _usage.UsageError(say("seed_twice", language))
    if seed_file is not None:
        seed = kept_seed(seed_file, language)
    secret = seed_file is not None
    for path in (json, junit, html):
        _usage.check_writable(path, language)
    own = _usage.is_own(course, submission)
    cases = _usage.case_folder(course, folder, language) if own else None
    if own:
        asked = those_open(course, chosen, language)
        if len(asked) < len(course.questions):
            chosen = [question.id for question in asked]
    report = _report(course_name, language, cases)
    result = _grade(
        report,
        cases,
        course,
        folder,
        questions=chosen or None,
        only=only or None,
        seed=seed,
        secret=secret,
        isolation=isolation,
        timeout=timeout,
        total=total,
        data=data,
        jobs=jobs,
    )
    if questions:
        _tell_when_saved(course, folder, result, language)
    if own:
        _tell_strays(course, folder, language)
    if json:
        _usage.write(json, result.to_json(), language)
    if junit:
        _usage.write(junit, to_junit(result), language)
    if html:
        write_result(html, result, course, course_name, language, cases)
        tell(say("written", language, file=html))
    if own:
        _Remembering(State.load).save_result(course, result)
        _suggest(report, course, result)
    raise typer.Exit(result.exit_status)


def watch(
    course_name: str,
    question: str | None,
    submission: Path | None,
    *,
    language: Language,
    isolation: int | str,
    timeout: str | None,
    browser: bool,
) -> None:
    import msgspec

    from grader.cli import _student_commands as student
    from grader.cli._state import State
    from grader.watch import watch

    course = _usage.find(course_name, language)
    chosen = _usage.find_question(course, question, language) if question else None
    folder = _usage.submission_folder(course, submission, language)
    _usage.check_place(course, folder, question or "", language)
    own, unkept = _usage.is_own(course, submission), State.unkept()
    if own and chosen:
        require_open(chosen, language)
    elif own:
        course = msgspec.structs.replace(course, questions=tuple(those_open(course, (), language)))
    cases = _usage.case_folder(course, folder, language) if own else None
    commands = {
        "s": lambda question: student.show(course_name, question.id, language),
        "h": lambda question: student.hint(course_name, question.id, None, None, language),
        "l": lambda question: _solution(course_name, question.id, language),
    }
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    with contextlib.ExitStack() as stack:
        show, note = None, ""
        if browser:
            address, show = stack.enter_context(live_page(course, course_name, language, cases))
            note = say("page_address", language, address=address)
            tell(note)
        stack.enter_context(_usage.usage_errors())
        watch(
            course,
            _usage.place_of(course, folder),
            console(),
            language=language,
            memory=_Remembering(State.load if own else lambda: unkept),
            cases=cases,
            question=chosen,
            isolation=isolation,
            timeout=timeout,
            commands=commands,
            options=_usage.course_option(course_name),
            note=note,
            on_result=show or (lambda result: None),
        )


def _solution(course_name: str, question: str, language: Language) -> None:
    """The solution, or why it is not open yet."""
    from grader.cli import _student_commands as student

    try:
        student.solution(course_name, question, language)
    except _usage.UsageError as error:
        tell(str(error))


class _Remembering:
    """The state of a working folder, which other commands change meanwhile, and which may be read-only."""

    def __init__(self, state: "Callable[[], State]") -> None:
        self._state = state

    def passed(self, course: "Course", question: "Question") -> bool:
        record = self._state().record(course, question)
        return record is not None and record.passed

    def save_result(self, course: "Course", result: "Result") -> None:
        with contextlib.suppress(OSError):  # a read-only folder: nothing to remember then
            self._state().save_result(course, result)


def _tell_when_saved(course: "Course", folder: Path, result: "Result", language: Language) -> None:
    """What is open in a browser may be newer than what was graded."""
    from grader.course import student_file

    place = _usage.place_of(course, folder)
    for question in result.questions:
        path = student_file(place, course.question(question.id))
        if path.suffix == ".ipynb":
            saved = time.localtime(path.stat().st_mtime)
            text = say("notebook_saved", language, file=path, time=time.strftime("%H:%M:%S", saved))
            tell(text, style="dim")


def _tell_strays(course: "Course", folder: Path, language: Language) -> None:
    """What was saved beside ``exercises/`` would be "to do" without a word."""
    from grader.course import stray_files

    for found, file in stray_files(course, folder, _usage.working_folder()).items():
        tell(say("stray_file", language, found=found, file=file), style="yellow")


def _report(
    course_name: str, language: Language, cases: "CaseFolder | None" = None
) -> "TerminalReport":
    from grader.report import TerminalReport

    options = _usage.course_option(course_name)
    return TerminalReport(console(), language, options, cases.command if cases else None)


def _grade(
    report: "TerminalReport",
    cases: "CaseFolder | None",
    course: "Course",
    folder: Path,
    **options: Any,
) -> "Result":
    """Grade with the options of :func:`grader.grade`, and report."""
    # The references need no accelerator, and looking for one takes seconds.
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    from grader.grading import grade

    def done(question: "QuestionResult", check: "CheckResult") -> None:
        if cases:
            cases.keep(question, check)
        report.check_done(question, check)

    report.start(told(course.title, report.language))
    try:
        with _usage.usage_errors():
            result = grade(
                course,
                folder,
                language=report.language,
                on_check=done,
                on_begin=report.check_begun,
                **options,
            )
    finally:
        report.stop()
    report.finish(result)
    return result


def _suggest(report: "TerminalReport", course: "Course", result: "Result") -> None:
    """What to do next, where the report of a question does not say it."""
    from grader.cli._state import State
    from grader.results import Verdict

    if result.partial:
        return
    graded = [question for question in result.questions if question.score == question.max_score]
    if len(graded) == len(result.questions) == 1 and not course.for_students:
        report.suggest("compare", f"grader solution {graded[0].id}")
    if not (current := State.load().first_open(course)):
        return
    if all(question.verdict is Verdict.NOT_ATTEMPTED for question in result.questions):
        report.suggest("to_begin", f"grader show {result.questions[0].id}")
    elif len(graded) == len(result.questions):
        report.suggest("next_question", f"grader show {current.id}")
