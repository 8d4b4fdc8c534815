"""What the cases of a question have in common: where they all do, a wrong answer may go unseen."""

import tomllib
from collections.abc import Iterator, Sequence

from grader.authoring._declared import Finding
from grader.checks._attempts import Attempt
from grader.checks._when import always_true
from grader.course import Course, Question

__all__ = ["ACCEPTED", "case_findings"]

ACCEPTED = "accepted.toml"
_LEAST = 20  # distinct cases: a few that are fixed have much in common
_CLAIM = "the cases have nothing in common that was not accepted"


def case_findings(
    course: Course, question: Question, cases: Sequence[Attempt]
) -> Iterator[Finding]:
    """One finding: what holds of all cases that were drawn for a function must have been accepted, with a reason.

    ``accepted.toml`` in the question's folder has a table for each function: what holds of its cases, and why that is
    as it should be.

    Args:
        course: the course.
        question: the question.
        cases: all that its checks have tried with the reference.
    """
    path = course.path / question.folder / ACCEPTED
    try:
        accepted = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        yield Finding(question.id, _CLAIM, f"{ACCEPTED} cannot be read: {error}")
        return
    problems = []
    for function in dict.fromkeys(case.function for case in cases):
        given = accepted.get(function, {})
        known = given if isinstance(given, dict) else {}
        found = always_true([case for case in cases if case.function == function], _LEAST)
        problems += [f"{function}: {fact}" for fact in found if not known.get(fact)]
    problem = ""
    if problems:
        problem = (
            f"in all cases of {'; '.join(problems)}. Draw others, or say in {ACCEPTED} why not: "
            f'[{problems[0].partition(":")[0]}] "{problems[0].partition(": ")[2]}" = "..."'
        )
    yield Finding(question.id, _CLAIM, problem)
