"""Drawn cases: repeatable, shrunk to the smallest failure, never searched longer than useful."""

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st

from grader.checks import agree, expect, forall
from grader.checks._agree import Expectation, Mismatch
from grader.checks._cases import case_size, generator
from grader.results import Verdict
from grader.session import Fault


def _cases_of(seed: int, **options) -> list:
    seen = []

    @forall(n=st.integers(0, 1000), x=st.floats(0, 1), **options)
    def test_it(n, x):
        seen.append((n, x))

    test_it(seed=seed)
    return seen


class TestDraws:
    def test_the_same_seed_draws_the_same_cases(self):
        assert _cases_of(5) == _cases_of(5)

    def test_another_seed_draws_others(self):
        assert _cases_of(5) != _cases_of(6)

    def test_so_many_as_asked_for_are_drawn(self):
        assert len(_cases_of(0, examples=7)) == 7
        assert len(_cases_of(0)) == 20

    def test_what_hypothesis_is_told_elsewhere_changes_nothing(self, monkeypatch):
        import hypothesis

        before = _cases_of(5)
        name = hypothesis.settings.get_current_profile_name()
        hypothesis.settings.register_profile("odd", derandomize=True, max_examples=2)
        hypothesis.settings.load_profile("odd")
        try:
            assert _cases_of(5) == before
        finally:
            hypothesis.settings.load_profile(name)

    def test_each_check_has_its_own_generator_for_each_seed(self):
        def first(seed, name):
            return generator(seed, name).integers(2**60)

        assert first(1, "a") == first(1, "a")
        assert len({first(1, "a"), first(1, "b"), first(2, "a"), first(-1, "a")}) == 4

    def test_every_case_starts_from_the_same_generator(self):
        drawn = []

        @forall(n=st.integers())
        def test_it(rng, n):
            drawn.append(rng.integers(2**60))

        test_it(seed=1, rng=None)
        assert len(set(drawn)) == 1

    def test_a_strategy_for_no_argument_is_refused(self):
        with pytest.raises(TypeError, match="no arguments \\['m'\\]"):
            forall(m=st.integers())(lambda n: None)


class TestSmallestFailure:
    def test_a_function_wrong_from_7_on_is_reported_at_7(self, student_of):
        student = student_of(total=lambda x: x.sum() if x.size < 7 else x.sum() + 1)

        @forall(n=st.integers(0, 30), k=st.integers(0, 9))
        def test_it(student, n, k):
            agree(student.total, np.sum, np.full(n, k))

        with pytest.raises(Mismatch) as caught:
            test_it(seed=3, student=student)
        assert caught.value.attempt.args[0].tolist() == [0] * 7

    @pytest.mark.parametrize("seed", range(3))
    def test_it_does_not_depend_on_the_seed(self, seed):
        @forall(a=st.integers(0, 40), b=st.integers(0, 40))
        def test_it(a, b):
            expect(a + b < 30, fr="", en="", a=a, b=b)

        with pytest.raises(Expectation) as caught:
            test_it(seed=seed)
        assert sum(caught.value.shown.values()) == 30

    def test_the_search_for_a_smaller_one_is_bounded(self):
        tried = 0

        @forall(shrink_calls=0, xs=st.lists(st.integers(0, 10**6), min_size=5, max_size=50))
        def test_it(xs):
            nonlocal tried
            tried += 1
            expect(sum(xs) < 10, fr="", en="")

        with pytest.raises(Expectation):
            test_it(seed=0)
        assert tried <= 20

    def test_a_student_function_that_changes_its_mind_still_fails(self, student_of):
        calls = iter(range(10**6))
        student = student_of(flaky=lambda n: n if next(calls) % 3 else n + 1)

        @forall(n=st.integers(0, 100))
        def test_it(student, n):
            agree(student.flaky, lambda n: n, n)

        with pytest.raises(Mismatch):
            test_it(seed=0, student=student)

    @pytest.mark.parametrize(
        "verdict", [Verdict.TIMEOUT, Verdict.CRASHED, Verdict.MEMORY, Verdict.NOT_ATTEMPTED]
    )
    def test_a_fault_that_is_final_ends_the_search_at_once(self, student_of, verdict):
        def fall(n):
            raise Fault(verdict, call="fall(0)")

        student = student_of(fall=fall)

        @forall(n=st.integers(0, 100))
        def test_it(student, n):
            agree(student.fall, lambda n: n, n)

        with pytest.raises(Fault):
            test_it(seed=0, student=student)
        assert student._session.calls == 1

    def test_a_missing_function_ends_the_search_at_once(self, student_of):
        student = student_of()

        @forall(n=st.integers(0, 100))
        def test_it(student, n):
            agree(student.f, lambda n: n, n)

        with pytest.raises(Fault):
            test_it(seed=0, student=student)
        assert student._session.calls == 1

    def test_an_exception_is_shrunk_like_a_wrong_value(self, student_of):
        def f(n):
            if n > 12:
                raise ValueError(n)
            return n

        student = student_of(f=f)

        @forall(n=st.integers(0, 1000))
        def test_it(student, n):
            agree(student.f, lambda n: n, n)

        with pytest.raises(Fault) as caught:
            test_it(seed=0, student=student)
        assert caught.value.facts["call"] == "f(13)"


class TestOurOwnErrors:
    def test_an_error_of_the_check_ends_the_search_at_once(self):
        tried = 0

        @forall(n=st.integers())
        def test_it(n):
            nonlocal tried
            tried += 1
            raise KeyError("ours")

        with pytest.raises(KeyError):
            test_it(seed=0)
        assert tried == 1

    def test_a_plain_assert_is_an_error_of_the_check(self):
        @forall(n=st.integers())
        def test_it(n):
            assert False, "ours"  # noqa: B011, PT015

        with pytest.raises(AssertionError, match="ours"):
            test_it(seed=0)

    def test_cases_may_be_rejected(self):
        seen = []

        @forall(n=st.integers(0, 100))
        def test_it(n):
            assume(n % 2 == 0)
            seen.append(n)

        test_it(seed=0)
        assert seen
        assert all(n % 2 == 0 for n in seen)

    def test_rejecting_every_case_is_an_error_of_the_check(self):
        @forall(n=st.integers(0, 100))
        def test_it(n):
            assume(False)

        with pytest.raises(Exception, match="Unable to satisfy"):
            test_it(seed=0)


@pytest.mark.parametrize(
    ("small", "large"),
    [
        ({"n": 3}, {"n": -4}),
        ({"n": 10**400}, {"n": 1, "m": 0}),
        ([np.zeros(3)], [np.zeros(4)]),
        (np.zeros(3), np.ones(3)),
        ([np.array(["a"])], [1, 2]),
        ("text", (1, 2)),
        ([np.ones(3, bool)], [[1, 1, 1, 1]]),
    ],
)
def test_a_case_with_fewer_then_smaller_entries_is_smaller(small, large):
    assert case_size(small) < case_size(large)
