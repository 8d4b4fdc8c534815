"""A mistake is named for what a function does on many cases, not for the first one it gets wrong."""

import numpy as np
import pytest

from grader import grade
from grader.checks import agree
from grader.checks._agree import Mismatch
from grader.checks._survey import survey
from grader.results import Verdict
from grader.session import Fault

CASES = np.arange(1, 100)


def _sign(x: int) -> str:
    return "even" if x % 2 == 0 else "odd"


def _check(student, cases=CASES):
    for case in cases.tolist():
        agree(student.f, _sign, case)


def _failed(student) -> None:
    with pytest.raises(Mismatch):
        _check(student)


class TestASurvey:
    def test_it_goes_on_after_wrong_answers_and_ends_after_thirty(self, student_of):
        student = student_of(f=lambda x: "even")
        _failed(student)
        survey(student, lambda: _check(student), 0.0)
        answers = [(attempt.args[0], attempt.wrong) for attempt in student._attempts]
        assert answers == [(1, True), *((n, n % 2 == 1) for n in range(1, 31))]

    def test_a_check_that_ends_by_itself_ends_it(self, student_of):
        student = student_of(f=lambda x: "even")
        _failed(student)
        survey(student, lambda: _check(student, CASES[:5]), 0.0)
        assert len(student._attempts) == 1 + 5

    def test_what_is_slow_is_not_asked_again(self, student_of):
        student = student_of(f=lambda x: "even")
        _failed(student)
        survey(student, lambda: _check(student), 5.0)
        assert len(student._attempts) == 1

    def test_a_first_call_that_compiles_does_not_keep_the_others_from_being_seen(self, student_of):
        student = student_of(f=lambda x: "even")
        _failed(student)
        survey(student, lambda: _check(student), 0.9)
        assert len(student._attempts) == 1 + 30

    def test_it_ends_when_they_take_long_after_all(self, student_of):
        student = student_of(f=lambda x: student._time.charge(1.0) or "even")
        _failed(student)
        survey(student, lambda: _check(student), 0.9)
        assert len(student._attempts) == 1 + 3

    def test_it_costs_the_question_neither_time_nor_a_worker(self, student_of):
        student = student_of(f=lambda x: "even")
        _failed(student)
        mine, apart = student._time, []

        def check():
            apart.append(student._time)
            student._time.charge(3.0)
            student._time.deaths += 3
            raise Fault(Verdict.CRASHED, key="deaths", call="f", count=3)

        survey(student, check, 0.0)
        assert apart[0] is not mine
        assert student._time is mine
        assert (mine.spent, mine.run.spent, mine.deaths) == (0.0, 0.0, 0)

    def test_an_exception_is_an_answer_too_and_the_next_check_is_strict_again(self, student_of):
        student = student_of(f=lambda x: 1 / (x - 3) and "even")
        _failed(student)
        survey(student, lambda: _check(student), 0.0)
        assert len(student._attempts) == 1 + 30
        assert sum(attempt.fault is not None for attempt in student._attempts) == 1
        _failed(student)


_CHECKS = """
import numpy as np
from grader.checks import agree, check


@check(points=3, fr="Carrés", en="Squares")
def test_square(student, reference):
    for x in (2, 3, 0, 5):
        agree(student.square, reference.square, x)
"""
_MISTAKES = """
from grader.checks import mistake


@mistake(of="square", fr="C'est le double plus un.", en="That is twice the number, and one.")
def doubled(x):
    return 2 * x + 1
"""


@pytest.mark.parametrize(
    ("body", "name"), [("return 5", None), ("return x + x + 1", "doubled"), ("return 7", None)]
)
def test_a_constant_is_no_mistake_that_answers_like_it_once(maths, tmp_path, body, name):
    (maths / "q01_square" / "checks.py").write_text(_CHECKS, encoding="utf-8")
    (maths / "q01_square" / "mistakes.py").write_text(_MISTAKES, encoding="utf-8")
    submission = tmp_path / "work"
    submission.mkdir()
    (submission / "q01_square.py").write_text(f"def square(x):\n    {body}\n", encoding="utf-8")
    result = grade(str(maths), submission, questions=["q01"], seed=1, language="en", isolation=0)
    (check,) = result.questions[0].checks
    assert (check.verdict.value, check.mistake) == ("failed", name)


_RARE_CHECKS = """
from hypothesis import strategies as st
from grader.checks import agree, check, forall


@check(points=3, fr="Carrés", en="Squares")
@forall(examples=20, x=st.integers(0, 40))
def test_square(student, reference, x):
    for n in range(x, x + 40):  # so that thirty answers are those of one case
        agree(student.square, reference.square, n)
"""
_RARE_MISTAKES = """
from grader.checks import deviation, family


@family(of="square", deviations=[
    deviation("always", last=10**9, fr="Un de trop.", en="One too many."),
    deviation("up_to_75", last=75, fr="Un de trop jusqu'à 75.", en="One too many up to 75."),
    deviation("below_75", last=74, fr="Un de trop sous 75.", en="One too many below 75."),
])
def squared(x, *, last=-1):
    return x * x + (x <= last)
"""


@pytest.mark.parametrize("last", [10**9, 75, 74])
def test_mistakes_that_differ_on_few_cases_are_told_apart_by_asking_those(maths, tmp_path, last):
    (maths / "q01_square" / "checks.py").write_text(_RARE_CHECKS, encoding="utf-8")
    (maths / "q01_square" / "mistakes.py").write_text(_RARE_MISTAKES, encoding="utf-8")
    names = {10**9: "always", 75: "up_to_75", 74: "below_75"}
    submission = tmp_path / "work"
    submission.mkdir()
    body = f"def square(x):\n    return x * x + (x <= {last})\n"
    (submission / "q01_square.py").write_text(body, encoding="utf-8")
    for seed in range(3):
        result = grade(str(maths), submission, questions=["q01"], seed=seed, isolation=0)
        (check,) = result.questions[0].checks
        assert check.mistake == f"square.{names[last]}"
