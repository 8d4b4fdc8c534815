"""A machine too busy to grade: tried once more alone, then left open; never a point lost."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader import Result, grade
from grader.results import CheckResult, Verdict
from grader.session import Fault, Session, Workers
from grader.session._time import Allowance, RunTime

Starving = Callable[..., list[str]]


@pytest.fixture
def starving(monkeypatch) -> Starving:
    """Lets the machine be too busy for requests that name something, so many times; lists those it was too busy for."""

    def make(name: str, times: int = 10**6) -> list[str]:
        met: list[str] = []
        fault = Allowance.fault

        def starved(self: Allowance, spent: Any, call: object) -> Fault | None:
            if name in str(call) and len(met) < times:
                met.append(str(call))
                return Fault(Verdict.NOT_GRADED, key="starved", call=call, cpu=0.4, seconds=61)
            return fault(self, spent, call)

        monkeypatch.setattr(Allowance, "fault", starved)
        return met

    return make


def _grade(course: Path, **options: Any) -> Result:
    options = {"seed": 3, "language": "en", "isolation": 0, **options}
    return grade(str(course), course.parent, **options)


def _verdicts(result: Result) -> dict[str, str]:
    checks = [check for question in result.questions for check in question.checks]
    return {check.id: check.verdict.value for check in checks}


def test_a_check_is_tried_once_more_and_those_that_need_it_with_it(maths, starving):
    starving("square(", 1)
    result = _grade(maths)
    assert set(_verdicts(result).values()) == {"passed"}
    assert (result.score, result.ungraded, result.exit_status) == (4, 0, 0)


def test_what_stays_open_costs_nothing_and_is_told(maths, starving):
    met = starving("square(")
    result = _grade(maths)
    assert _verdicts(result) == {
        "q01.square": "not_graded",
        "q01.sign": "not_graded",
        "q01.cubes": "passed",
        "q02.double": "passed",
    }
    assert len(met) == 2, "each check is tried twice, and at the first sign given up"
    assert (result.score, result.ungraded, result.max_score) == (2, 2, 4)
    assert (result.questions[0].ungraded, result.questions[0].verdict) == (2, Verdict.NOT_GRADED)
    assert (result.complete, result.exit_status) == (False, 3)
    square, sign = result.questions[0].checks[:2]
    assert "your code got only 0\u00a0s of computation in 61\u00a0s" in square.message
    assert "not your fault" in square.message
    assert sign.message == "Not graded, as this could not be graded first: The square."
    assert Result.from_json(result.to_json()) == result


def test_a_check_that_fails_when_it_is_tried_again_has_failed(maths, starving, tmp_path):
    starving("square(", 1)
    text = (maths / "q01_square/solution.py").read_text().replace("return x * x", "return x + x")
    (tmp_path / "q01_square.py").write_text(text)
    options: dict[str, Any] = {"seed": 3, "language": "en", "isolation": 0}
    result = grade(str(maths), tmp_path, questions=["q01"], **options)
    assert _verdicts(result) == {
        "q01.square": "failed",
        "q01.sign": "skipped",
        "q01.cubes": "passed",
    }
    assert result.questions[0].checks[0].mistake == "doubled"


@pytest.mark.parametrize("request_", ["start", "q01_square.py"])
def test_so_is_what_a_worker_could_not_be_started_or_a_file_not_be_read_for(
    maths, starving, request_
):
    starving(request_, 1)
    assert _grade(maths).score == 4
    starving(request_)
    result = _grade(maths)
    assert result.questions[0].verdict is Verdict.NOT_GRADED
    assert result.questions[0].ungraded == 3
    assert result.questions[1].score == (0 if request_ == "start" else 1)


def test_what_was_not_tried_again_is_reported_at_once_and_each_check_once(maths, starving):
    starving("square(", 1)
    seen: list[str] = []

    def note(question: Any, check: CheckResult) -> None:
        assert check in question.checks
        seen.append(f"{check.id} {check.verdict.value}")

    _grade(maths, on_check=note)
    assert seen == [
        "q02.double passed",
        "q01.square passed",
        "q01.sign passed",
        "q01.cubes passed",
    ]


def test_while_a_check_is_tried_again_no_other_worker_runs(maths, starving, monkeypatch):
    with open(maths / "course.toml", "a") as stream:
        stream.write('withhold = ["html"]\n')  # of q02, so that it has a worker of its own
    alive: list[int] = []
    alone = Workers.alone

    def count(self: Workers, question: Any) -> None:
        alone(self, question)
        others = [s for s in self._sessions.values() if s is not self.session(question)]
        alive.append(sum(session._process is not None for session in others))

    monkeypatch.setattr(Workers, "alone", count)
    starving("square(", 1)
    assert _grade(maths).score == 4
    assert alive == [0, 0]


def test_when_patience_is_at_its_end_nothing_more_is_tried(maths, monkeypatch):
    asked: list[str] = []
    send = Session._send
    monkeypatch.setattr(
        Session, "_send", lambda self, name, *rest: (asked.append(name), send(self, name, *rest))[1]
    )
    monkeypatch.setattr("grader.session._workers.run_time", lambda *_: RunTime(10, 1, starved=2))
    result = _grade(maths)
    assert set(_verdicts(result).values()) == {"not_graded"}
    assert result.ungraded == result.max_score == 4
    assert asked == ["start"]
    assert "too busy for too long" in result.questions[1].checks[0].message


def test_what_needs_a_check_that_we_failed_to_grade_is_not_charged_either(maths):
    path = maths / "q01_square/checks.py"
    path.write_text(path.read_text().replace("agree(student.square, reference.square, x)", "1 / 0"))
    result = _grade(maths, questions=["q01"])
    assert _verdicts(result) == {
        "q01.square": "grader_error",
        "q01.sign": "not_graded",
        "q01.cubes": "passed",
    }
    assert (result.score, result.ungraded) == (1, 2)


def test_the_total_of_a_run_ends_it_with_its_own_sentence(maths, tmp_path):
    text = (maths / "q01_square/solution.py").read_text()
    (tmp_path / "q01_square.py").write_text(
        text.replace("    return x * x", "    while True: pass")
    )
    result = grade(str(maths), tmp_path, language="en", isolation=0, total=1)
    square, sign, cubes = result.questions[0].checks
    assert square.verdict is cubes.verdict is Verdict.TIMEOUT
    assert sign.verdict is Verdict.SKIPPED
    for check in (square, cubes):
        assert "all of this run's time (1\u00a0s, option --total)" in check.message
    assert result.own_time is not None
    assert result.own_time.total == 1
    assert result.own_time.seconds >= 1
    assert result.exit_status == 1
