"""One submission -> one Result."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from grader.checks._chosen import choose_checks
from grader.course import Course, find_course, find_submission
from grader.grading._files import Callbacks, grade_files, options_for
from grader.grading._side_by_side import grade_side_by_side
from grader.messages import Language
from grader.results import CheckResult, QuestionResult, Result
from grader.session import SpareWorkers

__all__ = ["grade"]


def grade(
    course: str | Course,
    submission: str | os.PathLike[str],
    *,
    questions: Sequence[str] | None = None,
    only: Sequence[str] | None = None,
    seed: int | None = None,
    secret: bool = False,
    language: Language | None = None,
    isolation: int | str = "auto",
    timeout: float | str | None = None,
    total: float | None = None,
    data: str | None = None,
    jobs: int | Literal["auto"] = 1,
    spare: SpareWorkers | None = None,
    on_check: Callable[[QuestionResult, CheckResult], None] = lambda question, check: None,
    on_begin: Callable[[str], None] = lambda title: None,
) -> Result:
    """Grade one submission; no student code runs in this process.

    Args:
        course: a course, its id, or the path of its folder.
        submission: the folder with the submitted files, directly or under the course's name.
        questions: ids of the questions to grade; all by default.
        only: runs some checks alone, with those that they need: ids (``q05.window_bias``) or names of checks, or
            functions of the student's, for all checks that call them. Other questions are left out; the scores are of
            a part.
        seed: repeats the draws of an earlier run, a number below 2**128; fresh by default.
        secret: whether the result only names the seed (``seed_id``), for one that many submissions share.
        language: of titles and messages; from the locale by default.
        isolation: "auto" for the strongest of levels 0 to 2 on this machine, or the level that must be given.
        timeout: seconds of its own time (see ``session/_time.py``) that one call into the student's code may take,
            instead of the course's budgets; or a factor on these, such as "x3".
        total: seconds of its own time that the student's code may take in all; by default what follows from the
            budgets of the questions.
        data: what the checks draw from, of the names that the course declares; its first by default.
        jobs: how many processes grade questions side by side, with the same result; "auto" for as many as this machine
            has cores and memory for.
        spare: workers started ahead of this run, at their own level of isolation; those that it takes end with it.
        on_check: called after each check, for progress.
        on_begin: called with the title of each check that begins.

    Returns:
        The result, with a check result for every check of every question asked for.

    Raises:
        CourseNotFound, ManifestError: for the course.
        KeyError: for a question, data, a check or a function that the course does not have.
        SubmissionError: for a folder that holds none of the course's files.
        IsolationUnavailable: for a level that this machine cannot give.
        ValueError: for a seed, a timeout, a total, a level or a number of jobs that makes no sense.
        KeyboardInterrupt: when interrupted; no worker and no other process is left by then.
    """
    course = course if isinstance(course, Course) else find_course(course)
    files = find_submission(course, Path(submission))
    if questions:
        wanted = {course.question(name).id for name in questions}
        files = [file for file in files if file.question.id in wanted]
    chosen = choose_checks(course, [file.question for file in files], only) if only else None
    if chosen is not None:
        files = [file for file in files if file.question.id in chosen]
    if jobs != "auto" and (isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1):
        raise ValueError(f"jobs (={jobs!r}) must be 'auto' or a whole number from 1")
    options = {
        "only": chosen,
        "seed": seed,
        "secret": secret,
        "language": language,
        "isolation": isolation,
        "timeout": timeout,
        "total": total,
        "data": data,
    }
    if jobs == 1 or spare is not None or len(files) == 1:
        return grade_files(
            course, files, spare=spare, on_check=on_check, on_begin=on_begin, **options
        )
    callbacks = Callbacks(on_check, on_begin)
    return grade_side_by_side(course, files, options_for(course, **options), jobs, callbacks)
