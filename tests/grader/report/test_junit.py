"""JUnit XML: well formed for every text, and counted as CI systems count."""

import xml.etree.ElementTree as ET

import pytest

from grader.report import to_junit
from grader.results import (
    CheckResult,
    Counterexample,
    Isolation,
    QuestionResult,
    Result,
    Verdict,
)

_TEXTS = [
    "plain",
    "<script>&amp; \"quoted\" 'too' ]]> <!-- -->",
    "\x00\x1b[31m\x08\ufffe\uffff",
    "\ud800 half a pair",
    "line\r\nline\ttab\u2028end",
    "é 卷积 🎉",
    "",
]


def _result(checks: list[CheckResult], title: str = "T") -> Result:
    result = Result(
        course="demo",
        version="1",
        seed=1,
        seed_id="00",
        started="2026-11-22T00:00:00+00:00",
        isolation=Isolation(0, "process", ("process",)),
        questions=[QuestionResult(id="q01", title=title, max_score=1, checks=checks)],
    )
    result.settle()
    return result


def _check(verdict: Verdict, **more) -> CheckResult:
    return CheckResult(**{"id": "q01.a", "title": "A", "max_points": 1, "verdict": verdict, **more})


@pytest.mark.parametrize("text", _TEXTS, ids=ascii)
@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_text_gives_well_formed_xml(text, verdict):
    case = Counterexample(text, text, text, text)
    check = _check(verdict, title=text, message=text, mistake=text, counterexample=case)
    root = ET.fromstring(to_junit(_result([check], title=text)))
    assert [case.get("name") for case in root.iter("testcase")] == ["q01.a"]


def test_failures_errors_and_skips_are_counted():
    some = "passed failed timeout crashed skipped not_attempted grader_error forbidden not_graded"
    checks = [_check(Verdict(name)) for name in some.split()]
    root = ET.fromstring(to_junit(_result(checks)))
    suite = root[0]
    counts = {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "9", "failures": "4", "errors": "2", "skipped": "2"}
    kinds = [[child.tag for child in case] for case in suite]
    assert kinds == [
        [],
        ["failure"],
        ["failure"],
        ["failure"],
        ["skipped"],
        ["skipped"],
        ["error"],
        ["failure"],
        ["error"],
    ]


def test_what_was_not_graded_is_an_error_that_says_how_many_points_are_open():
    check = _check(Verdict.NOT_GRADED, max_points=2.5, message="The machine was too busy.")
    (error,) = ET.fromstring(to_junit(_result([check]))).iter("error")
    assert (error.get("message"), error.get("type")) == ("The machine was too busy.", "not_graded")
    assert "points not graded: 2.5" in (error.text or "")


def test_a_failure_says_what_and_on_which_case():
    case = Counterexample("f(<1>)", "2", None, "2 instead of 3")
    check = _check(Verdict.FAILED, message="Off by one.\nCount.", counterexample=case)
    (failure,) = ET.fromstring(to_junit(_result([check]))).iter("failure")
    assert (failure.get("message"), failure.get("type")) == ("Off by one.", "failed")
    assert (failure.text or "").splitlines() == [
        "A",
        "Off by one.",
        "Count.",
        "f(<1>)",
        "2",
        "2 instead of 3",
    ]
