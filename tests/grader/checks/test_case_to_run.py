"""What it takes to run a failing case again: which call it is, exactly, within bounds."""

import msgspec
import numpy as np
import pytest
from hypothesis import strategies as st

from grader import wire
from grader.checks import agree, expect, forall
from grader.checks._case_to_run import CasesToRun
from grader.checks._explain import Explainer
from grader.checks._streams import Streams
from grader.results import Case, CheckResult, Verdict
from grader.session import Fault


def _explained(student, check, *, reveal=False, **fixtures) -> CheckResult:
    result = CheckResult(id="q01.f", title="f", max_points=1)
    explainer = Explainer(
        "en",
        question="q01",
        file="q01.py",
        source="",
        mistakes=list,
        memory_mb=4096,
        parameters=lambda name: ("image", "stride"),
    )
    with pytest.raises(Exception) as caught:  # noqa: PT011
        check(student=student, **fixtures)
    asked = getattr(caught.value, "asked", student._last)
    explainer.explain(caught.value, result, student._attempts, reveal, asked=asked)
    return result


def _sent(result: CheckResult) -> dict:
    assert isinstance(result.case, Case)
    return wire.decode(result.case.sent, networks=True)


class TestWhichCall:
    def test_it_is_the_one_whose_answer_differs(self, student_of):
        def check(student):
            student.f(1, 2).integer()
            agree(student.f, lambda x, y: x - y, 5, y=2)

        result = _explained(student_of(f=lambda x, y: x + y), check)
        assert _sent(result) == {"steps": [], "args": [5], "kwargs": {"y": 2}}
        assert isinstance(result.case, Case)
        assert result.case.names == ("image", "stride")

    def test_it_is_the_smallest_that_was_found(self, student_of):
        @forall(n=st.integers(0, 1000))
        def check(student, n):
            expect(student.f(n).integer() < 13, fr="", en="")

        result = _explained(student_of(f=lambda n: n), check, streams=Streams(0, "q01.f"))
        assert _sent(result)["args"] == [13]

    def test_an_answer_of_another_form_has_one(self, student_of):
        result = _explained(student_of(f=lambda n: "x"), lambda student: student.f(3).integer())
        assert result.verdict is Verdict.BAD_OUTPUT
        assert _sent(result)["args"] == [3]

    @pytest.mark.parametrize("compared", [True, False])
    @pytest.mark.parametrize(
        "fault", [ValueError("x"), Fault(Verdict.TIMEOUT, key="computes", call="f(3)", seconds=1)]
    )
    def test_exceptions_and_timeouts_have_one(self, student_of, fault, compared):
        def f(n):
            raise fault

        def check(student):
            agree(student.f, lambda n: n, 3) if compared else student.f(3)

        assert _sent(_explained(student_of(f=f), check))["args"] == [3]

    def test_an_older_call_that_is_refused_late_has_none(self, student_of):
        def check(student):
            older = student.f(3)
            student.f(4)
            older.integer()

        assert _explained(student_of(f=lambda n: "x"), check).case is msgspec.UNSET

    def test_a_missing_function_has_none(self, student_of):
        assert _explained(student_of(), lambda student: student.f(3)).case is msgspec.UNSET


class TestWhatIsExpected:
    def test_arrays_are_told_as_the_report_does(self, student_of):
        check = lambda student: agree(student.f, lambda: np.ones(3))  # noqa: E731
        result = _explained(student_of(f=lambda: np.zeros(3)), check)
        assert _sent(result)["expected"].tolist() == [1, 1, 1]

    @pytest.mark.parametrize(("reveal", "told"), [(True, True), (False, False)])
    def test_numbers_where_the_check_reveals_them(self, student_of, reveal, told):
        check = lambda student: agree(student.f, lambda: 3)  # noqa: E731
        result = _explained(student_of(f=lambda: 4), check, reveal=reveal)
        assert ("expected" in _sent(result)) == told

    def test_nothing_where_a_part_is_hidden(self, student_of):
        check = lambda student: agree(student.f, lambda: (3, np.ones(2)))  # noqa: E731
        result = _explained(student_of(f=lambda: (4, np.ones(2))), check)
        assert "expected" not in _sent(result)


class TestWhatIsKept:
    def test_arguments_have_the_names_of_the_reference(self):
        case = CasesToRun(lambda name: ("image",)).keep("f", [], (1,), {})
        assert isinstance(case, Case)
        assert case.names == ("image",)

    def test_what_is_too_large_is_left_out(self):
        kept = CasesToRun(lambda name: ())
        assert not isinstance(kept.keep("f", [], (np.zeros(100_000),), {}), Case)
        assert isinstance(kept.keep("f", [], (np.zeros(10_000),), {}), Case)

    def test_all_cases_of_a_question_share_the_room(self):
        kept = CasesToRun(lambda name: ())
        cases = [kept.keep("f", [], (np.zeros(9_000),), {}) for _ in range(9)]
        assert [isinstance(case, Case) for case in cases] == [True] * 3 + [False] * 6

    def test_what_may_not_be_told_is_left_out_and_the_call_stays(self):
        case = CasesToRun(lambda name: ()).keep("f", [], (1,), {}, expected=[object()])
        assert isinstance(case, Case)
        assert "expected" not in wire.decode(case.sent)

    def test_networks_are_described_and_not_built(self):
        network = wire.Network("nowhere:nothing", (1,))
        case = CasesToRun(lambda name: ()).keep("f", [], (network,), {})
        assert isinstance(case, Case)
        assert wire.decode(case.sent, networks=True)["args"] == [network]
