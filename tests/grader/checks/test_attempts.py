"""What is kept of the cases that were tried: enough to name a mistake, never more than one reply may bring."""

import gc
import weakref
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from grader.checks import _attempts, agree, expect, forall, mistake
from grader.checks._agree import Expectation, Mismatch
from grader.checks._answer import BadForm
from grader.checks._attempts import Attempt, Attempts
from grader.checks._diagnose import Evidence, diagnose, explanations
from grader.checks._release import release
from grader.checks._streams import Streams


def _attempt(got, case=0) -> Attempt:
    return Attempt("f", [], (case,), {}, 0, (None, None), got=got, wrong=True)


@mistake(of="f", fr="Zéro.", en="Zero.")
def zero(case):
    return 0


@mistake(of="f", fr="Un ensemble.", en="A set.")
def no_answer(case):
    return {case}


@pytest.fixture
def little(monkeypatch):
    monkeypatch.setattr(_attempts, "_KEPT", 2**16)


def test_the_largest_answers_go_first_and_can_still_be_shown(little):
    attempts = Attempts()
    sizes = [100, 30_000, 200, 50_000, 40_000, 300]
    for size in sizes:
        attempts.add(_attempt(np.zeros(size, np.int8)))
    kept = [attempt for attempt in attempts if not attempt.dropped]
    assert [len(attempt.got) for attempt in kept] == [100, 30_000, 200, 300]
    assert [attempt.show() for attempt in attempts] == [f"zeros int8[{size}]" for size in sizes]


@pytest.mark.parametrize(
    "answer",
    [lambda: ["x" * 100] * 1000, lambda: {str(n): n for n in range(2000)}, lambda: "x" * 40_000],
)
def test_answers_of_every_kind_are_counted(little, answer):
    attempts = Attempts()
    for _ in range(50):
        attempts.add(_attempt(answer()))
    assert sum(not attempt.dropped for attempt in attempts) <= 1


def test_a_mistake_is_named_by_all_answers_that_are_kept():
    attempts = Attempts()
    for case in range(50):
        attempts.add(_attempt(0, case))
    assert diagnose([no_answer, zero], attempts) is zero


def test_what_a_later_check_speaks_against_is_taken_back():
    renamed: list[Any] = []
    evidence = Evidence()
    first, later = _attempt(0), _attempt(1, case=1)
    assert diagnose([zero], [first]) is zero
    evidence.named.append(([zero], renamed.append))
    evidence.add([first])
    evidence.refute()
    assert renamed == []
    evidence.add([later])
    evidence.refute()
    assert renamed == [None]
    evidence.refute()
    assert renamed == [None], "it was taken back before"
    assert diagnose([zero], [first], earlier=[later]) is None


@mistake(of="f", fr="Le cas.", en="The case.")
def echo(case):
    return case


def test_another_explanation_of_the_same_answers_gets_the_name_that_a_later_check_refutes():
    renamed: list[Any] = []
    evidence = Evidence()
    first, later = _attempt(0), _attempt(1, case=1)
    found = explanations([zero, echo], [first])
    assert found == [zero, echo]
    evidence.named.append((found, renamed.append))
    evidence.add([first, later])
    evidence.refute()
    assert renamed == [echo]
    evidence.add([_attempt(7, case=2)])
    evidence.refute()
    assert renamed == [echo, None]


def test_an_answer_too_large_to_be_kept_takes_no_name_back():
    renamed: list[Any] = []
    evidence = Evidence()
    evidence.named.append(([zero], renamed.append))
    large = _attempt(np.zeros(2**20))
    large.size = 2**23
    evidence.add([large])
    evidence.refute()
    assert evidence.attempts == []
    assert renamed == []


def test_cases_with_other_helpers_say_nothing():
    later = _attempt(1, case=1)
    later.helpers = ("g",)
    assert diagnose([zero], [_attempt(0)], earlier=[later]) is zero


def test_no_mistake_is_named_once_an_answer_is_gone(little):
    attempts = Attempts()
    attempts.add(_attempt(0))
    attempts.add(_attempt(np.zeros(2**17, np.int8)))
    assert diagnose([zero], attempts) is None


class Large(np.ndarray):
    """An array that can be watched."""


@pytest.fixture
def made(monkeypatch):
    """Every large answer, as weak references."""
    references = []

    def make(size=2**10):
        array = np.zeros(size, np.int8).view(Large)
        references.append(weakref.ref(array))
        return array

    monkeypatch.setattr(_attempts, "_KEPT", 2**12)
    return lambda: [ref for ref in references if ref() is not None], make


def _search(student, test):
    @forall(n=st.integers(0, 10**6))
    def test_it(student, n):
        test(student, n)

    try:
        test_it(streams=Streams(0, "q01.it"), student=student)
    except (Mismatch, BadForm, Expectation) as failure:
        release(failure)
    else:
        pytest.fail("nothing failed")


_CHECKS = {
    "agree": lambda student, n: agree(student.f, lambda n: n, n),
    "form": lambda student, n: student.f(n).array((3,)),
    "values": lambda student, n: student.f(n).array(between=(1, 2)),
    "property": lambda student, n: expect(False, fr="", en="", x=student.f(n).array()),
}


@pytest.mark.parametrize("name", _CHECKS)
def test_a_search_for_a_smaller_case_keeps_few_answers(student_of, monkeypatch, made, name):
    alive, make = made
    student = student_of(f=lambda n: n)
    ask = student._session.ask

    def large(*args, **kwargs):
        ask(*args, **kwargs)()
        return lambda: make()

    monkeypatch.setattr(student._session, "ask", large)
    most = 0

    def test(student, n):
        nonlocal most
        most = max(most, len(alive()))
        if n > 12_345:  # so that many failures are found on the way to the smallest
            _CHECKS[name](student, n)

    gc.collect()
    gc.disable()  # nothing may wait for it
    try:
        _search(student, test)
        assert most <= 5
        assert student._session.calls > 10
        student._attempts = Attempts()
        assert not alive(), "nothing holds an answer any more"
    finally:
        gc.enable()
