"""What time is charged to whom: purses, what ends a request, what is told of it."""

import math

import pytest

from grader.results import OwnTime, Verdict
from grader.session import Fault, QuestionTime, RunTime, call_seconds
from grader.session._stopwatch import Spent
from grader.session._time import Allowance, question_seconds, run_time, total_seconds


def _time(call: float = 10.0, total: float = 1800.0, patience: float = 600.0) -> QuestionTime:
    return QuestionTime(call, RunTime(total, patience))


def _said(fault: Fault | None) -> tuple[Verdict, str] | None:
    return fault and (fault.verdict, fault.facts["key"])


class TestTimeout:
    def test_without_one_the_course_decides(self):
        assert call_seconds(None)(12) == 12

    @pytest.mark.parametrize("timeout", [30, 30.0, "30", " 30 "])
    def test_a_number_is_seconds(self, timeout):
        assert call_seconds(timeout)(12) == 30

    @pytest.mark.parametrize("timeout", ["x3", "X3", "x3.0"])
    def test_with_an_x_it_is_a_factor(self, timeout):
        assert call_seconds(timeout)(12) == 36

    @pytest.mark.parametrize(
        "timeout",
        [0, -1, "x0", "x-1", "", "x", "3x", "x3x", "xx3", math.nan, math.inf, "inf", "1e9", True],
    )
    def test_anything_else_is_refused_and_named(self, timeout):
        with pytest.raises(ValueError, match=r"timeout \(=.*seconds.*factor"):
            call_seconds(timeout)


class TestACall:
    def test_it_may_compute_and_be_idle_for_its_seconds_each(self):
        allowance = _time().for_call("f()")
        assert allowance.fault(Spent(cpu=9.9, idle=9.9), "f()") is None

    def test_beyond_them_it_computes_too_long(self):
        fault = _time().for_call("f()").fault(Spent(cpu=10.1, idle=3), "f()")
        assert _said(fault) == (Verdict.TIMEOUT, "computes")
        assert fault is not None
        assert fault.facts["seconds"] == 10

    def test_or_does_nothing(self):
        fault = _time().for_call("f()").fault(Spent(cpu=1, idle=10.1), "f()")
        assert _said(fault) == (Verdict.TIMEOUT, "idle")

    def test_a_busy_machine_ends_it_only_after_long_and_without_blame(self):
        allowance = _time(patience=1e6).for_call("f()")
        assert allowance.fault(Spent(cpu=2, starved=1e5), "f()") is None
        assert allowance.starved(Spent(cpu=2, starved=99), "f()") is None
        fault = allowance.starved(Spent(cpu=2, idle=1, starved=101), "f()")
        assert _said(fault) == (Verdict.NOT_GRADED, "starved")

    def test_one_with_a_small_budget_still_waits_a_minute(self):
        allowance = _time(call=0.1).for_call("f()")
        assert allowance.starved(Spent(starved=59), "f()") is None
        assert allowance.starved(Spent(starved=61), "f()")

    def test_a_file_has_more_to_be_loaded(self):
        assert _time(call=3).for_load("q.py").seconds == 23


class TestAQuestion:
    def test_its_purse_holds_many_short_calls_and_a_few_long_ones(self):
        assert [question_seconds(call) for call in (1, 10, 100)] == [32, 140, 410]

    def test_what_all_its_calls_take_comes_out_of_it(self):
        time = _time(call=1)
        time.charge(31)
        fault = time.for_call("f()").fault(Spent(cpu=0.6, idle=0.6), "f()")
        assert _said(fault) == (Verdict.TIMEOUT, "question")
        time.charge(1)
        with pytest.raises(Fault) as caught:
            time.for_call("f()")
        assert _said(caught.value) == (Verdict.TIMEOUT, "question")
        assert caught.value.facts["seconds"] == 32

    def test_after_three_deaths_it_gets_no_worker(self):
        time = _time()
        time.deaths = 2
        time.for_call("f()")
        time.deaths = 3
        for ask in (time.for_call, time.for_load, time.for_inspection):
            with pytest.raises(Fault) as caught:
                ask("f()")
            assert _said(caught.value) == (Verdict.CRASHED, "deaths")

    def test_one_question_does_not_touch_what_another_may_take(self):
        first = _time()
        second = QuestionTime(10, first.run)
        first.charge(500)
        first.deaths = 3
        assert second.for_call("f()").fault(Spent(cpu=9), "f()") is None


class TestARun:
    def test_its_purse_is_that_of_its_questions_up_to_half_an_hour(self):
        assert total_seconds([140, 410]) == 550
        assert total_seconds([140] * 8 + [410] * 8) == 1800

    def test_longer_budgets_have_a_longer_run(self):
        assert total_seconds([830] * 16) == 4 * 830

    def test_it_can_be_set(self):
        assert run_time([140, 140], 20).total == 20

    @pytest.mark.parametrize("total", [0, -1, math.nan, math.inf])
    def test_a_total_that_makes_no_sense_is_refused(self, total):
        with pytest.raises(ValueError, match="total"):
            run_time([140], total)

    def test_what_comes_after_it_is_used_up_is_a_timeout_that_names_it(self):
        run = RunTime(total=20, patience=600)
        first, second = QuestionTime(10, run), QuestionTime(10, run)
        first.charge(15)
        assert _said(second.for_call("f()").fault(Spent(cpu=6), "f()")) == (
            (Verdict.TIMEOUT, "total")
        )
        second.charge(6)
        with pytest.raises(Fault) as caught:
            first.for_call("f()")
        assert _said(caught.value) == (Verdict.TIMEOUT, "total")
        assert caught.value.facts["seconds"] == 20

    def test_its_patience_with_a_busy_machine_ends_too_and_the_rest_is_not_graded_at_once(self):
        time = _time(patience=50)
        allowance = time.for_call("f()")
        assert allowance.starved(Spent(starved=49), "f()") is None
        assert allowance.starved(Spent(starved=51), "f()")
        time.run.starved = 51
        for ask in (time.for_call, time.for_load, time.for_inspection):
            with pytest.raises(Fault) as caught:
                ask("f()")
            assert _said(caught.value) == (Verdict.NOT_GRADED, "impatient")
        with pytest.raises(Fault):
            time.run.for_start()

    def test_a_worker_may_be_started_although_all_time_is_used_up(self):
        # Its first request says so; that the worker did not start would be our own failure.
        time = _time(total=1)
        time.charge(2)
        assert time.run.for_start().fault(Spent(cpu=30), "start") is None


class _Watch:
    spent = Spent(cpu=2, idle=1, starved=5)
    received, wanted = 2.0, 8.0


def _settled(**changes: float) -> RunTime:
    time = _time()
    watch = _Watch()
    for name, value in changes.items():
        setattr(watch, name, value)
    Allowance(10, time.run, time).settle(watch, 3.5)  # type: ignore[arg-type]
    return time.run


class TestTheReport:
    def test_own_time_is_what_was_charged_and_the_share_what_the_machine_gave(self):
        assert _settled().report == OwnTime(3.5, 1800, 0.25)

    def test_the_share_is_at_most_all_of_it(self):
        assert _settled(received=9.0).report.share == 1

    def test_of_a_moment_no_share_is_told(self):
        assert _settled(wanted=0.1).report.share is None

    def test_how_full_the_budgets_were_is_the_largest_part_of_any(self):
        time = _time(call=10)
        allowance = time.for_call("f()")
        allowance.settle(_Watch(), 3)  # type: ignore[arg-type]
        assert time.fullest == pytest.approx(0.3)  # of a call's 10 seconds
        time.charge(67)
        allowance.settle(_Watch(), 0)  # type: ignore[arg-type]
        assert time.fullest == pytest.approx(0.5)  # of the question's 140
