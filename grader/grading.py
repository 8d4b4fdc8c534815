"""One submission -> one Result."""

import contextlib
import datetime
import importlib.metadata
import os
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from grader.checks._explain import Explainer
from grader.checks._plugin import GradedQuestion, GradingPlugin, run_checks
from grader.checks._student import Budget, Student
from grader.course import (
    Course,
    SubmittedFile,
    find_course,
    find_submission,
    load_question,
)
from grader.messages import Language, default_language, say
from grader.results import CheckResult, QuestionResult, Result, Verdict
from grader.sandbox.levels import choose
from grader.session import Fault, Workers, fault_from, printable

__all__ = ["grade", "grade_files"]

# A question may take as long as this many calls that use up their time: no crowd of slow calls holds a run up.
CALLS_IN_FULL = 12


def grade(
    course: str | Course,
    submission: str | os.PathLike[str],
    *,
    questions: Sequence[str] | None = None,
    seed: int | None = None,
    language: Language | None = None,
    isolation: int | str = "auto",
    timeout: float | None = None,
    data: str | None = None,
    on_check: Callable[[QuestionResult, CheckResult], None] = lambda question, check: None,
) -> Result:
    """Grade one submission; no student code runs in this process.

    Args:
        course: a course, its id, or the path of its folder.
        submission: the folder with the submitted files, directly or under the course's name.
        questions: ids of the questions to grade; all by default.
        seed: repeats the draws of an earlier run; fresh by default.
        language: of titles and messages; from the locale by default.
        isolation: "auto" for the strongest level of this machine, or the level that must be given.
        timeout: seconds for one call into the student's code, instead of the course's budgets.
        data: what the checks draw from, of the names that the course declares; its first by default.
        on_check: called after each check, for progress.

    Returns:
        The result, with a check result for every check of every question asked for.

    Raises:
        CourseNotFound, ManifestError: for the course.
        KeyError: for a question or data that the course does not have.
        SubmissionError: for a folder that holds none of the course's files.
        IsolationUnavailable: for a level that this machine cannot give.
        ValueError: for a timeout or a level that makes no sense.
        KeyboardInterrupt: when interrupted; the worker is gone by then.
    """
    course = course if isinstance(course, Course) else find_course(course)
    files = find_submission(course, Path(submission))
    if questions:
        wanted = {course.question(name).id for name in questions}
        files = [file for file in files if file.question.id in wanted]
    return grade_files(
        course,
        files,
        seed=seed,
        language=language,
        isolation=isolation,
        timeout=timeout,
        data=data,
        on_check=on_check,
    )


def grade_files(
    course: Course,
    files: Sequence[SubmittedFile],
    *,
    seed: int | None = None,
    language: Language | None = None,
    isolation: int | str = "auto",
    timeout: float | None = None,
    data: str | None = None,
    untouched_shortcut: bool = True,
    on_check: Callable[[QuestionResult, CheckResult], None] = lambda question, check: None,
) -> Result:
    """Grade files that are already read; see :func:`grade`.

    ``untouched_shortcut=False`` runs the checks even on an untouched stub, to prove that they fail there.
    """
    if timeout is not None and not 0 < timeout < threading.TIMEOUT_MAX:
        raise ValueError(f"timeout (={timeout!r}) must be a positive number of seconds")
    data = course.data_name(data)
    least = course.data[data].seconds if data else 0.0
    began = time.monotonic()
    seed = secrets.randbelow(2**31) if seed is None else seed
    language = language or default_language()
    granted, launch = choose(isolation)
    result = Result(
        course=course.id,
        version=importlib.metadata.version("jaxcnn"),
        seed=seed,
        data=msgspec.UNSET if data == course.data_name(None) else data or msgspec.UNSET,
        started=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        isolation=granted,
    )
    workers = Workers(course, files, launch, untouched_shortcut)
    try:
        workers.start_first()
        graded = [
            _prepare(workers, file, language, timeout or max(file.question.seconds, least), result)
            for file in files
        ]
        _import_references(graded)
        plugin = GradingPlugin(graded, seed, language, on_check, data)
        run_checks(plugin, course.path)
        for question in graded:
            _complete(question, plugin, language, on_check)
    finally:
        workers.close()
    result.settle()
    result.seconds = round(time.monotonic() - began, 3)
    return result


def _import_references(graded: Sequence[GradedQuestion]) -> None:
    """Import what the first reference needs (JAX, seconds) while the workers start."""
    for question in graded:
        if question.verdict is None:
            with contextlib.suppress(
                Exception
            ):  # it fails again, and is charged to us, in its check
                question.reference()
            return


def _prepare(
    workers: Workers, file: SubmittedFile, language: Language, seconds: float, result: Result
) -> GradedQuestion:
    """What the plugin needs of one question; everything that costs time happens on first use."""
    question = file.question
    budget = Budget(seconds, CALLS_IN_FULL * seconds)
    trusted = load_question(workers.course, question)
    record = QuestionResult(
        id=question.id, title=question.title[language], max_score=question.points
    )
    result.questions.append(record)
    graded = GradedQuestion(
        checks=trusted.checks,
        module=trusted.load_checks,
        student=lambda: _student(workers, file, budget, graded, language),
        reference=lambda: trusted.reference,
        explainer=Explainer(
            language,
            question=question.id,
            file=question.file,
            source=(file.content or b"").decode("utf-8", "replace"),
            mistakes=lambda: trusted.mistakes,
            memory_mb=question.memory_mb,
        ),
        result=record,
        printed=lambda: workers.session(question).output(),
    )
    if obstacle := workers.obstacle(file):
        graded.verdict, graded.message = obstacle[0], obstacle[1][language]
    return graded


def _student(
    workers: Workers,
    file: SubmittedFile,
    budget: Budget,
    graded: GradedQuestion,
    language: Language,
) -> Student:
    """A proxy for one check, after the source has been looked at."""
    question = file.question
    facts = workers.inspect(file)
    if isinstance(facts, Fault):
        raise facts
    _settle_by_source(facts, file, graded, language)
    session = workers.session(question)
    session.forget_output()
    uses = facts.get("withheld") or []
    forbidden = {str(owner): (str(name), int(line)) for name, line, owner in reversed(uses)}
    return Student(
        session,
        question.folder,
        question.file,
        budget,
        forbidden if question.withhold_as == "forbidden" else {},
    )


def _settle_by_source(
    facts: dict[str, Any], file: SubmittedFile, graded: GradedQuestion, language: Language
) -> None:
    if isinstance(answer := facts.get("answer"), str):
        graded.result.answer_text = printable(answer, len(answer))
    if facts.get("fault"):
        raise fault_from(facts["fault"], file.question.file)
    if file.question.withhold_as == "advice" and facts.get("withheld"):
        name, line, _ = facts["withheld"][0]
        where = say("at_line", language, line=line)
        graded.advice = say("advice", language, name=name, where=where)


def _complete(
    question: GradedQuestion,
    plugin: GradingPlugin,
    language: Language,
    on_check: Callable[[QuestionResult, CheckResult], None],
) -> None:
    """A question whose checks could not be collected is the grader's failure, not the student's."""
    record = question.result
    total = sum(check.max_points for check in record.checks)
    if record.checks and abs(total - record.max_score) < 1e-9:
        return
    error = plugin.errors.get(question.checks.resolve(), "")[-2000:] or (
        f"{question.checks}: the checks are worth {total:g} points, the question {record.max_score:g}"
    )
    record.checks = [
        CheckResult(
            id=f"{record.id}.collection",
            title=record.title,
            verdict=Verdict.GRADER_ERROR,
            max_points=record.max_score,
            message=say("grader_error", language, error=error),
        )
    ]
    on_check(record, record.checks[0])
