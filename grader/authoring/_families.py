"""What must be true of a family of mistakes before any of it is made: without a deviation it is right."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from grader.authoring._declared import Finding
from grader.checks._agree import run_here
from grader.checks._attempts import Attempt
from grader.checks._compare import compare
from grader.checks._declare import mistake_info
from grader.course import Course, Question, load_question

__all__ = ["family_findings"]


def family_findings(
    course: Course, question: Question, tried: Sequence[Attempt]
) -> Iterator[Finding]:
    """Each family must answer as the solution does where nothing deviates, on all cases that the checks have tried."""
    for function in load_question(course, question).families:
        singles: list[Callable[..., Any]] = function.__singles__  # type: ignore[attr-defined]
        of = {name for variant in singles for name in mistake_info(variant).of}
        wrong = (_problem(function, attempt) for attempt in tried if attempt.function in of)
        claim = f"family {function.__name__} is right where nothing deviates"
        yield Finding(question.id, claim, next(filter(None, wrong), ""))


def _problem(function: Callable[..., Any], attempt: Attempt) -> str:
    """How it differs on one case."""
    try:
        answer = run_here(function, attempt.steps, attempt.args, attempt.kwargs)
    except Exception as error:
        return f"{attempt.function}: {type(error).__name__}: {error}"
    # The solution's answer, as it came over the wire.
    difference = compare(attempt.got, answer, *attempt.tolerances)
    return f"{attempt.function}: {difference.key} {difference.facts}" if difference else ""
