"""On which side numbers are wrong; and nothing where that might be chance."""

import numpy as np
import pytest

from grader.checks._attempts import Attempt
from grader.checks._trend import trend
from grader.results import Verdict
from grader.session import Fault


def _attempts(f, reference, cases=range(1, 21)) -> list[Attempt]:
    made = []
    for n in cases:
        got, expected = f(n), reference(n)
        attempt = Attempt("f", [], (n,), {}, expected, (None, None), got)
        attempt.wrong = bool(np.any(got != expected))
        made.append(attempt)
    return made


@pytest.mark.parametrize(
    ("f", "reference", "key"),
    [
        (lambda n: n * n + 1, lambda n: n, "all_too_large"),
        (lambda n: n - n % 2, lambda n: n, "all_too_small"),
        (lambda n: np.array(n - 2), lambda n: np.int64(n), "all_too_small"),
    ],
)
def test_the_side_is_named(f, reference, key):
    found = trend(_attempts(f, reference))
    assert found is not None
    assert found.key == key


def test_it_counts_what_is_wrong():
    found = trend(_attempts(lambda n: n + n % 2, lambda n: n))
    assert found is not None
    assert found.cases == 10


@pytest.mark.parametrize(
    ("f", "reference", "cases"),
    [
        (lambda n: 2 * n, lambda n: n, range(1, 8)),
        (lambda n: 4, lambda n: 2, range(20)),
        (lambda n: n + (-1) ** n, lambda n: n, range(20)),
        (lambda n: np.full(3, n), lambda n: np.zeros(3), range(20)),
        (lambda n: "a", lambda n: "b", range(20)),
        (lambda n: float("nan"), float, range(20)),
        (lambda n: True, lambda n: False, range(20)),
    ],
    ids=["few", "one value", "both sides", "arrays", "texts", "not finite", "booleans"],
)
def test_nothing_is_said_of(f, reference, cases):
    assert trend(_attempts(f, reference, cases)) is None


def test_nothing_is_said_where_some_calls_gave_no_value():
    attempts = _attempts(lambda n: 2 * n, lambda n: n)
    attempts[3].fault = Fault(Verdict.EXCEPTION, call="f(3)")
    assert trend(attempts) is None


def test_nothing_is_said_of_two_functions():
    attempts = _attempts(lambda n: 2 * n, lambda n: n)
    attempts[3].function = "g"
    assert trend(attempts) is None
