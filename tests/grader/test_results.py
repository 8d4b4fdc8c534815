"""The result model: what follows from the checks, and JSON that tools can hold on to."""

import json

import msgspec
import pytest

from grader.results import (
    CaseValue,
    CheckResult,
    Counterexample,
    Isolation,
    QuestionResult,
    Result,
    Verdict,
)


def _check(verdict=Verdict.PASSED, points=1.0, **more) -> CheckResult:
    earned = points if verdict is Verdict.PASSED else 0.0
    options = {"id": "q01.a", "title": "A", "verdict": verdict, "points": earned, **more}
    return CheckResult(max_points=points, **options)


def _result(*questions: list[CheckResult]) -> Result:
    result = Result(
        course="demo",
        version="1",
        seed=3,
        seed_id="00",
        started="2026-11-22T00:00:00+00:00",
        isolation=Isolation(1, "limited", ("process", "rlimits")),
        questions=[
            QuestionResult(
                id=f"q{n:02}",
                title="Q",
                max_score=round(sum(c.max_points for c in checks), 6),
                checks=list(checks),
            )
            for n, checks in enumerate(questions, 1)
        ],
    )
    result.settle()
    return result


_RESULT = "schema course version seed seed_id started seconds own_time isolation score max_score ungraded questions"
_QUESTION = "id title verdict score max_score ungraded seconds answer_text checks"
_CHECK = "id title verdict points max_points seconds message mistake counterexample"


def _keys(data: dict) -> str:
    return " ".join(data)


class TestSettling:
    @pytest.mark.parametrize(
        ("verdicts", "verdict"),
        [
            ("passed passed", "passed"),
            ("passed failed", "failed"),
            ("failed skipped", "failed"),
            ("not_attempted not_attempted skipped", "not_attempted"),
            ("not_attempted passed", "failed"),
            ("not_attempted exception passed", "exception"),
            ("failed timeout", "timeout"),
            ("timeout crashed", "crashed"),
            ("forbidden passed", "forbidden"),
            ("import_error import_error", "import_error"),
            ("passed grader_error crashed", "grader_error"),
            ("not_graded crashed passed", "not_graded"),
            ("not_graded grader_error", "grader_error"),
            ("", "grader_error"),
        ],
    )
    def test_a_question_shows_its_most_urgent_verdict(self, verdicts, verdict):
        result = _result([_check(Verdict(name)) for name in verdicts.split()])
        assert result.questions[0].verdict is Verdict(verdict)

    def test_every_verdict_has_its_urgency(self):
        for verdict in Verdict:
            question = _result([_check(verdict)]).questions[0]
            assert question.verdict is verdict

    def test_scores_add_up_without_dust(self):
        result = _result([_check(points=0.1) for _ in range(3)], [_check(points=0.7)])
        assert (result.score, result.max_score) == (1.0, 1.0)
        assert result.questions[0].score == 0.3
        assert result.exit_status == 0

    def test_points_that_say_nothing_of_the_work_are_neither_earned_nor_lost(self):
        verdicts = (Verdict.PASSED, Verdict.NOT_GRADED, Verdict.GRADER_ERROR, Verdict.FAILED)
        result = _result([_check(verdict, points=0.1) for verdict in verdicts])
        assert (result.score, result.ungraded, result.max_score) == (0.1, 0.2, 0.4)
        assert result.questions[0].ungraded == 0.2

    def test_a_check_fails_until_it_is_known_to_pass(self):
        assert CheckResult(id="a", title="a", max_points=1).verdict is Verdict.FAILED


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        ("passed", 0),
        ("passed failed", 1),
        ("not_attempted", 1),
        ("passed grader_error", 3),
        ("passed not_graded", 3),
    ],
)
def test_the_exit_status_tells_full_marks_from_not_yet_from_our_own_failure(verdicts, status):
    assert _result([_check(Verdict(name)) for name in verdicts.split()]).exit_status == status


class TestJson:
    full = _result(
        [_check()],
        [
            _check(
                Verdict.FAILED,
                message="é",
                mistake="flipped",
                counterexample=Counterexample("f(1)", "2", "3", "2 instead of 3"),
            )
        ],
    )

    def test_it_has_exactly_the_keys_of_schema_1(self):
        data = json.loads(self.full.to_json())
        question = data["questions"][1]
        check = question["checks"][0]
        assert (_keys(data), _keys(question), _keys(check)) == (_RESULT, _QUESTION, _CHECK)
        assert _keys(data["isolation"]) == "level name mechanisms"
        assert _keys(check["counterexample"]) == "call got expected difference"
        assert data["schema"] == 1
        assert check["verdict"] == "failed"

    def test_it_is_read_back_equal(self):
        assert Result.from_json(self.full.to_json()) == self.full

    def test_values_of_a_case_are_there_where_there_are_any_and_come_back_equal(self):
        value = CaseValue(role="argument", name="x", dtype="uint8", shape=(2,), data=b"\x00\xff")
        text = CaseValue(role="argument", name="stride", text="2")
        full = _result([_check(Verdict.FAILED, values=(value, text))])
        (check,) = json.loads(full.to_json())["questions"][0]["checks"]
        assert _keys(check) == f"{_CHECK} values"
        assert check["values"] == [
            {"role": "argument", "name": "x", "dtype": "uint8", "shape": [2], "data": "AP8="},
            {"role": "argument", "name": "stride", "text": "2"},
        ]
        assert Result.from_json(full.to_json()) == full

    @pytest.mark.parametrize(
        "change",
        [
            {"schema": 2},
            {"seed": "3"},
            {"questions": [{"id": "q01"}]},
            {"isolation": None},
        ],
        ids=str,
    )
    def test_anything_else_is_refused(self, change):
        data = {**json.loads(self.full.to_json()), **change}
        with pytest.raises(msgspec.ValidationError):
            Result.from_json(json.dumps(data).encode())

    def test_bytes_that_are_not_json_are_refused(self):
        with pytest.raises(msgspec.DecodeError):
            Result.from_json(b"not json")
