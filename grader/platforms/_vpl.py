"""What Moodle's VPL (Virtual Programming Lab) reads of an evaluation: comments, and a proposed grade.

A line that begins with ``Comment :=>>`` is one of a comment, and one whose text begins with a dash is a heading; the
grade is on the last line that begins with ``Grade :=>>``.
"""

from collections.abc import Iterator

from grader.results import Result
from grader.text import printable

__all__ = ["to_vpl"]

_COMMENT, _GRADE = "Comment :=>>", "Grade :=>>"


def to_vpl(result: Result, maximum: float) -> str:
    """The comments of all checks, and the grade where all of them were graded.

    Args:
        result: of the run; whatever is in it is a comment, so that no text of a student's is a grade.
        maximum: what full marks are.
    """
    lines = [f"{_COMMENT}{line}" for text in _comments(result) for line in text.splitlines()]
    if result.complete and result.max_score:
        lines.append(f"{_GRADE} {round(result.score / result.max_score * maximum, 2):g}")
    return "\n".join(lines) + "\n"


def _comments(result: Result) -> Iterator[str]:
    for question in result.questions:
        yield f"-{printable(question.title)} ({question.score:g} / {question.max_score:g})"
        for check in question.checks:
            sign = "✓" if check.verdict == "passed" else "✗"
            yield f" {sign} {printable(check.title)} ({check.points:g} / {check.max_points:g})"
            texts = [check.message]
            if (example := check.counterexample) is not None:
                texts += [text for text in (example.call, example.got, example.difference) if text]
            for text in texts:
                for line in printable(text).splitlines():
                    yield f"   {line}"
