"""Classroom 50's ``result.json`` of one submission.

Its fields: https://github.com/foundation50/classroom50/wiki/Advanced-Autograding
"""

import datetime
from collections.abc import Mapping
from typing import Any

import msgspec

from grader.results import Result
from grader.text import printable

__all__ = ["to_classroom50"]

_FINE = 100  # its scores are whole numbers: of a course with parts of points they are hundredths


def to_classroom50(result: Result, environment: Mapping[str, str]) -> bytes:
    """A test for each check.

    Args:
        result: of the run.
        environment: what its runner says of the submission; what it does not say stays empty.
    """
    checks = [(question.id, check) for question in result.questions for check in question.checks]
    points = [n for _, check in checks for n in (check.points, check.max_points)]
    scale = 1 if all(float(n).is_integer() for n in points) else _FINE
    tests: list[dict[str, Any]] = [
        {
            "test-name": printable(f"{name} {check.title}"),
            "passed": check.verdict == "passed",
            "score": round(check.points * scale),
            "max-score": round(check.max_points * scale),
            "output": printable(check.message),
        }
        for name, check in checks
    ]
    commit = environment.get("COMMIT_URL", "")
    told = {
        "schema": "classroom50/result/v1",
        "classroom": environment.get("CLASSROOM", ""),
        "assignment": environment.get("ASSIGNMENT", ""),
        "submission": environment.get("SUBMISSION_TAG", ""),
        "commit": commit,
        "release": environment.get("RELEASE_URL", ""),
        "review": environment.get("REVIEW_URL") or commit,
        "datetime": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}",
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"
