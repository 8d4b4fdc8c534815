"""Grading on another system's machine: what is known is told after each check, as nobody knows when time runs out."""

import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from grader.course import Course, SubmissionError, SubmittedFile, find_course, find_submission
from grader.grading import grade_files
from grader.handins import HandinsError, State, read_handin
from grader.messages import Language, say, spoken, told
from grader.results import CheckResult, Isolation, QuestionResult, Result, Verdict

__all__ = ["NothingToGrade", "files_of", "grade_as_it_comes"]


class NothingToGrade(Exception):
    """A folder in which no file of the course can be told; the message is for the student."""


def course_for(path: str, language: Language) -> Course:
    """The course that a platform's script names; reading it takes its messages into use.

    Raises:
        SystemExit: for a language that neither the grader nor the course speaks.
    """
    course = find_course(path)
    if language not in spoken():
        sys.exit(f"language (={language!r}) must be one of {', '.join(spoken())}")
    return course


def files_of(course: Course, folder: Path, language: Language) -> list[SubmittedFile]:
    """The files of one student, wherever below the folder, or in archives, they lie.

    Raises:
        NothingToGrade: when there is none.
    """
    try:
        return find_submission(course, folder)
    except SubmissionError:
        pass
    names = ", ".join(question.file for question in course.questions[:3])
    try:
        handin = read_handin(course, folder)
    except HandinsError as error:
        raise NothingToGrade(str(error)) from error
    if handin.state in (State.READY, State.AMBIGUOUS):
        found = {file.question.id: file for file in handin.files}
        # Nobody is there to decide: its points are lost, and it says why.
        for one in handin.undecided:
            path = folder / one.question.file
            found[one.question.id] = SubmittedFile(one.question, path, None, one.why)
        return [found[question.id] for question in course.questions if question.id in found]
    raise NothingToGrade(say("export_no_files", language, files=names))


def grade_as_it_comes(
    course: Course,
    folder: Path,
    tell: Callable[[Result, bool], None],
    *,
    language: Language,
    seconds: float | None = None,
    seed: int | None = None,
) -> None:
    """Grade one student's folder, one question after the other.

    Args:
        course: the course.
        folder: what was handed in.
        tell: is given all that is known after each check, and whether that is all there will be; checks that have not
            run are not graded, of which their messages say that they are to come.
        language: of titles and messages.
        seconds: of the clock, after which what is known is told as all, and the process ends with status 0.
        seed: of the draws; fresh by default.

    Raises:
        NothingToGrade: as for :func:`files_of`.
        Exception: what :func:`grader.grading.grade_files` raises.
    """
    files = files_of(course, folder, language)
    known = _Known(course, [file.question.id for file in files], language)
    lock = threading.Lock()
    timer = None

    def out_of_time() -> None:
        with lock:
            tell(known.result("export_no_time"), True)
            os._exit(0)  # the workers end with this process

    if seconds is not None:
        timer = threading.Timer(seconds, out_of_time)
        timer.daemon = True
        timer.start()

    def done(question: QuestionResult, check: CheckResult) -> None:
        known.add(question, check)
        with lock:
            tell(known.result("export_to_come"), False)

    with lock:
        tell(known.result("export_to_come"), False)
    result = grade_files(course, files, language=language, seed=seed, on_check=done)
    with lock:
        if timer is not None:
            timer.cancel()
        tell(result, True)


class _Known:
    """What is known of a run that goes on."""

    def __init__(self, course: Course, questions: Sequence[str], language: Language) -> None:
        self._course = course
        self._language: Language = language
        self._questions = [course.question(name) for name in questions]
        self._seen: dict[str, QuestionResult] = {}
        self._done: set[str] = set()

    def add(self, question: QuestionResult, check: CheckResult) -> None:
        """One more check has ended."""
        self._seen[question.id] = question
        self._done.add(check.id)

    def result(self, key: str) -> Result:
        """A result in which what has not ended is not graded; ``key`` is the sentence that says so."""
        result = Result(
            course=self._course.id,
            version="",
            seed=None,
            seed_id="",
            started="",
            isolation=Isolation(0, "", ()),
            questions=[self._question(question.id, key) for question in self._questions],
        )
        result.settle()
        return result

    def _question(self, name: str, key: str) -> QuestionResult:
        seen, question = self._seen.get(name), self._course.question(name)
        title = told(question.title, self._language)
        open_ = CheckResult(
            id=f"{name}.open",
            title=title,
            verdict=Verdict.NOT_GRADED,
            max_points=question.points,
            message=say(key, self._language),
        )
        if seen is None:
            return QuestionResult(id=name, title=title, max_score=question.points, checks=[open_])
        checks = [
            check
            if check.id in self._done
            else msgspec.structs.replace(
                open_, id=check.id, title=check.title, max_points=check.max_points
            )
            for check in seen.checks
        ]
        return QuestionResult(id=name, title=seen.title, max_score=seen.max_score, checks=checks)
