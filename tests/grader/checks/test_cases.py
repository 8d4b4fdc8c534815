"""Drawn cases: repeatable, shrunk to the smallest failure, never searched longer than useful."""

import itertools

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import strategies as st

from grader.checks import agree, expect, forall
from grader.checks._agree import Expectation, Mismatch
from grader.checks._cases import case_size
from grader.checks._streams import Streams
from grader.results import Verdict
from grader.session import Fault

tens = st.integers(0, 9)


def _cases_of(seed: int, **options) -> list:
    seen = []

    @forall(n=st.integers(0, 1000), x=st.floats(0, 1), **options)
    def test_it(n, x):
        seen.append((n, x))

    test_it(streams=Streams(seed, "q01.it"))
    return seen


class TestDraws:
    def test_the_same_seed_draws_the_same_cases(self):
        assert _cases_of(5) == _cases_of(5)

    def test_another_seed_draws_others(self):
        assert _cases_of(5) != _cases_of(6)

    def test_each_is_drawn_afresh(self):
        """Cases that vary one another show less: of mistakes seen on one in ten, forty missed a third."""
        alike = 0
        for seed in range(20):
            drawn = []

            @forall(examples=40, a=tens, b=tens, c=tens)
            def test_it(a, b, c, kept=drawn):
                kept.append((a, b, c))

            test_it(streams=Streams(seed, "test"))
            pairs = itertools.pairwise(drawn[10:])
            alike += sum(sum(map(int.__eq__, one, two)) >= 2 for one, two in pairs)
        assert alike < 20 * 29 * 0.15  # 0.03 by chance, 0.66 where they are copied

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

    def test_every_case_starts_from_the_same_generator(self):
        drawn = []

        @forall(n=st.integers())
        def test_it(rng, n):
            drawn.append(rng.integers(2**60))

        test_it(streams=Streams(1, "q01.it"), rng=None)
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
            test_it(streams=Streams(3, "q01.it"), student=student)
        assert caught.value.attempt.args[0].tolist() == [0] * 7

    @pytest.mark.parametrize("seed", range(3))
    def test_it_does_not_depend_on_the_seed(self, seed):
        @forall(a=st.integers(0, 40), b=st.integers(0, 40))
        def test_it(a, b):
            expect(a + b < 30, fr="", en="", a=a, b=b)

        with pytest.raises(Expectation) as caught:
            test_it(streams=Streams(seed, "q01.it"))
        assert sum(caught.value.shown.values()) == 30

    def test_the_search_for_a_smaller_one_is_bounded(self):
        tried = 0

        @forall(shrink_calls=0, xs=st.lists(st.integers(0, 10**6), min_size=5, max_size=50))
        def test_it(xs):
            nonlocal tried
            tried += 1
            expect(sum(xs) < 10, fr="", en="")

        with pytest.raises(Expectation):
            test_it(streams=Streams(0, "q01.it"))
        assert tried <= 20

    def test_a_student_function_that_changes_its_mind_still_fails(self, student_of):
        calls = iter(range(10**6))
        student = student_of(flaky=lambda n: n if next(calls) % 3 else n + 1)

        @forall(n=st.integers(0, 100))
        def test_it(student, n):
            agree(student.flaky, lambda n: n, n)

        with pytest.raises(Mismatch):
            test_it(streams=Streams(0, "q01.it"), student=student)

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
            test_it(streams=Streams(0, "q01.it"), student=student)
        assert student._session.calls == 1

    @pytest.mark.parametrize(
        "fault",
        [
            Fault(Verdict.NOT_GRADED, key="starved", call="f(13)"),
            Fault(Verdict.TIMEOUT, key="question", call="f(13)"),
            Fault(Verdict.TIMEOUT, key="total", call="f(13)"),
        ],
        ids=lambda fault: str(fault.facts["key"]),
    )
    def test_what_was_found_before_the_time_ran_out_stands(self, student_of, fault):
        failed: list[int] = []

        def f(n):
            if failed:
                raise fault
            if n > 12:
                failed.append(n)
                return 0
            return n

        student = student_of(f=f)

        @forall(n=st.integers(0, 1000))
        def test_it(student, n):
            agree(student.f, lambda n: n, n)

        with pytest.raises(Mismatch) as caught:
            test_it(streams=Streams(3, "q01.it"), student=student)
        assert caught.value.call == f"f({failed[0]})"

    def test_a_missing_function_ends_the_search_at_once(self, student_of):
        student = student_of()

        @forall(n=st.integers(0, 100))
        def test_it(student, n):
            agree(student.f, lambda n: n, n)

        with pytest.raises(Fault):
            test_it(streams=Streams(0, "q01.it"), student=student)
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
            test_it(streams=Streams(0, "q01.it"), student=student)
        assert caught.value.facts["call"] == "f(13)"


_LAYER = st.fixed_dictionaries({"kernel": st.integers(1, 5), "stride": st.integers(1, 3)})


class TestInertParts:
    """What plays no part in a failure is left out, though Hypothesis has stopped its search."""

    @pytest.mark.parametrize("seed", range(5))
    def test_items_of_a_list_are_dropped_and_numbers_set_to_1(self, seed):
        @forall(shrink_calls=0, layers=st.lists(_LAYER, max_size=8))
        def test_it(layers):
            expect(all(layer["stride"] < 3 for layer in layers), fr="", en="", layers=layers)

        with pytest.raises(Expectation) as caught:
            test_it(streams=Streams(seed, "q01.it"))
        assert caught.value.shown["layers"] == [{"kernel": 1, "stride": 3}]

    def test_nothing_is_proposed_that_could_not_have_been_drawn(self):
        seen = []

        @forall(
            shrink_calls=0,
            pair=st.tuples(st.integers(2, 9), st.lists(st.integers(-5, 5), min_size=3)),
            even=st.integers(0, 100).map(lambda n: 2 * n),
        )
        def test_it(pair, even):
            seen.append((pair, even))
            expect(even < 40, fr="", en="")

        with pytest.raises(Expectation):
            test_it(streams=Streams(0, "q01.it"))
        assert all(n >= 2 and len(items) >= 3 and even % 2 == 0 for (n, items), even in seen)
        assert seen[-1][0][1][:3] == [0, 0, 0]

    def test_what_a_check_does_not_assume_is_no_case(self):
        @forall(shrink_calls=0, n=st.integers(0, 100), m=st.integers(0, 100))
        def test_it(n, m):
            assume(n > 0)
            expect(m < 3, fr="", en="", n=n)

        with pytest.raises(Expectation) as caught:
            test_it(streams=Streams(1, "q01.it"))
        assert caught.value.shown["n"] == 1

    def test_another_kind_of_failure_does_not_replace_the_first(self, student_of):
        def f(layers):
            if not layers:
                raise ValueError("empty")
            return len(layers) + 1

        student = student_of(f=f)

        @forall(shrink_calls=0, layers=st.lists(_LAYER, max_size=6), examples=1)
        def test_it(student, layers):
            assume(layers or student._session.calls)
            agree(student.f, len, layers)

        with pytest.raises(Mismatch) as caught:
            test_it(streams=Streams(3, "q01.it"), student=student)
        assert caught.value.attempt.args == ([{"kernel": 1, "stride": 1}],)

    def test_the_student_does_not_pay_for_it(self, student_of):
        student = student_of(f=lambda n: n + 1)
        times = []
        ask = student._session.ask
        student._session.ask = lambda operation, time, call, **rest: (
            times.append(time),
            ask(operation, time, call, **rest),
        )[1]

        @forall(shrink_calls=0, n=st.integers(5, 9), m=st.integers(0, 9), examples=1)
        def test_it(student, n, m):
            agree(student.f, lambda n: n, m)

        time = student._time
        with pytest.raises(Mismatch):
            test_it(streams=Streams(3, "q01.it"), student=student)
        assert times[0] is time
        assert len(times) == 1 or all(other is not time for other in times[1:])
        assert student._time is time

    def test_a_fault_that_costs_a_worker_ends_it(self, student_of):
        def f(n):
            if n < 2:
                raise Fault(Verdict.CRASHED, key="crashed_silent", call="f")
            return 0

        student = student_of(f=f)

        @forall(shrink_calls=0, n=st.integers(0, 100))
        def falls(student, n):
            assume(n > 50 or student._session.calls)
            agree(student.f, lambda n: n, n)

        with pytest.raises(Mismatch):
            falls(streams=Streams(0, "q01.it"), student=student)
        assert student._session.calls == 2


class TestOurOwnErrors:
    def test_an_error_of_the_check_ends_the_search_at_once(self):
        tried = 0

        @forall(n=st.integers())
        def test_it(n):
            nonlocal tried
            tried += 1
            raise KeyError("ours")

        with pytest.raises(KeyError):
            test_it(streams=Streams(0, "q01.it"))
        assert tried == 1

    def test_a_plain_assert_is_an_error_of_the_check(self):
        @forall(n=st.integers())
        def test_it(n):
            assert False, "ours"  # noqa: B011, PT015

        with pytest.raises(AssertionError, match="ours"):
            test_it(streams=Streams(0, "q01.it"))

    def test_cases_may_be_rejected(self):
        seen = []

        @forall(n=st.integers(0, 100))
        def test_it(n):
            assume(n % 2 == 0)
            seen.append(n)

        test_it(streams=Streams(0, "q01.it"))
        assert seen
        assert all(n % 2 == 0 for n in seen)

    def test_rejecting_every_case_is_an_error_of_the_check(self):
        @forall(n=st.integers(0, 100))
        def test_it(n):
            assume(False)

        with pytest.raises(Exception, match="Unable to satisfy"):
            test_it(streams=Streams(0, "q01.it"))


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
