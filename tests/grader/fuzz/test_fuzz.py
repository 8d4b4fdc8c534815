"""Junk in place of any answer: the check is judged, and the grader stays as it was.

`benchmarks/fuzz_replies.py` answers every kind of junk at every call; here a sample of it is tried.
"""

import sys
from pathlib import Path

import pytest

from grader.course import find_course

from ._junk import KINDS, LARGE
from ._plans import Plan, sample
from ._run import Question

_HERE = Path(__file__)
_TP2 = _HERE.parents[3] / "solutions" / "tp2"
_DEMO = _HERE.parents[1] / "courses" / "solutions" / "demo"
_MIB = 2**20

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="peaks are read from /proc")


def _assert_judged(report):
    assert not report.findings, "\n".join(map(str, report.findings[:10]))


def _assert_sound(report):
    _assert_judged(report)
    assert report.memory < 400 * _MIB
    assert report.kept < 50 * _MIB


def _assert_a_sample_is_harmless(name, number):
    question = Question(find_course(str(_TP2)), name)
    plans = {test: sample(test, calls, number) for test, calls in question.calls().items()}
    # What references and mistakes say is remembered, compiled functions too: the second time, nothing is new.
    _assert_judged(question.fuzz(plans))
    report = question.fuzz(plans)
    assert report.runs == sum(map(len, plans.values()))
    assert report.replies >= report.runs
    _assert_sound(report)


_QUICK = ("q02", "q04")


@pytest.mark.parametrize(
    "name",
    [
        name if name in _QUICK else pytest.param(name, marks=pytest.mark.slow)
        for name in (f"q0{number}" for number in range(1, 9))
    ],
)
def test_junk_in_one_answer_is_judged(name):
    _assert_a_sample_is_harmless(name, 6)


@pytest.mark.many
@pytest.mark.parametrize("name", [f"q{number:02}" for number in range(9, 17)])
def test_junk_in_one_answer_of_a_question_that_trains_is_judged(name):
    _assert_a_sample_is_harmless(name, 4)


def test_every_kind_of_junk_is_judged_by_every_check_of_a_small_course():
    question = Question(find_course(str(_DEMO)), "q01")
    plans = {
        test: [Plan(kind, call) for kind in KINDS for call in sorted({1, calls})]
        for test, calls in question.calls().items()
    }
    report = question.fuzz(plans)
    assert report.runs > 5 * len(KINDS) - 1
    _assert_sound(report)


def test_junk_is_judged_where_many_more_answers_are_asked_for():
    """What comes too quickly to be slow is asked for a hundred times more, to see when it is right."""
    question = Question(find_course(str(_DEMO)), "q01", seconds=0.0)
    calls = question.calls()
    report = question.fuzz({test: sample(test, count, 12) for test, count in calls.items()})
    assert report.replies > report.runs
    _assert_sound(report)


def test_memory_stays_flat_when_all_answers_are_large():
    """Some hundred answers of 64 MiB, each kept for a mistake to be named: at no time are there more than a few."""
    question = Question(find_course(str(_DEMO)), "q01")
    tests = question.calls()
    report = question.fuzz({test: [Plan(kind, 1, True) for kind in LARGE] for test in tests})
    assert report.replies > 100
    _assert_sound(report)
