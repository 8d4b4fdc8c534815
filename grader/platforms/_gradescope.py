"""Gradescope's ``results.json`` of one submission.

Its fields: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from typing import Any

import msgspec

from grader.results import CheckResult, Result
from grader.text import printable

__all__ = ["to_gradescope"]


def to_gradescope(result: Result, total: float | None = None, output: str = "") -> bytes:
    """A test for each check; points as the course gives them, or scaled so that full marks are ``total``.

    ``output`` is told of the whole submission.
    """
    scale = total / result.max_score if total and result.max_score else 1.0
    tests = [
        _test(f"{question.id} {check.title}", check, scale)
        for question in result.questions
        for check in question.checks
    ]
    told = {
        "score": round(result.score * scale, 6),
        "execution_time": round(result.seconds),
        "stdout_visibility": "hidden",
        "tests": [test | {"number": str(number)} for number, test in enumerate(tests, 1)],
    }
    if output:
        told["output"] = printable(output)
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"


def _test(name: str, check: CheckResult, scale: float) -> dict[str, Any]:
    lines = [check.message]
    if (example := check.counterexample) is not None:
        lines += [text for text in (example.call, example.got, example.difference) if text]
    return {
        "name": printable(name),
        "score": round(check.points * scale, 6),
        "max_score": round(check.max_points * scale, 6),
        "status": "passed" if check.verdict == "passed" else "failed",
        "output": printable("\n".join(filter(None, lines))),
        "visibility": "visible",
    }
