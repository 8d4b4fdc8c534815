"""What is said of all answers is true of all of them."""

import numpy as np
import pytest

from grader.checks._always import always
from grader.checks._attempts import Attempt
from grader.messages import LANGUAGES, say

RNG = np.random.default_rng(0)
MAPS = [RNG.integers(1, 9, (2, 3, 1 + n % 2)).astype(np.float32) for n in range(12)]


def _attempts(answer, expected):
    for place, right in enumerate(expected):
        attempt = Attempt("f", [], (place,), {}, right, (None, None), got=answer(right))
        attempt.wrong = np.shape(attempt.got) != np.shape(right) or bool(
            np.any(attempt.got != right)
        )
        yield attempt


@pytest.mark.parametrize(
    ("answer", "expected", "key", "facts"),
    [
        (lambda x: 0 * x, MAPS, "always_zero", {}),
        (lambda x: -x, MAPS, "always_opposite", {}),
        (lambda x: 2 * x, MAPS, "always_factor", {"factor": "2"}),
        (lambda x: x / 9, MAPS, "always_factor", {"factor": "1/9"}),
        (lambda x: -3 * x, range(20), "always_factor", {"factor": "-3"}),
        (lambda x: x + 1, range(20), "always_more", {"difference": "1"}),
        (lambda x: x - 0.5, range(20), "always_less", {"difference": "0.5"}),
        (lambda x: x.transpose(1, 0, 2), MAPS, "always_axes", {"order": "(1, 0, 2)"}),
        (lambda x: x.transpose(2, 0, 1), MAPS, "always_axes", {"order": "(2, 0, 1)"}),
    ],
)
def test_what_holds_of_all_cases_is_found(answer, expected, key, facts):
    assert always(_attempts(answer, expected)) == (key, facts)
    assert all(say(key, language, **facts) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda x: x * x, range(20)),
        (lambda x: 0, range(20)),  # a number is never "everywhere"
        (lambda x: 2 * x if x != 7 else 15, range(20)),
        (lambda x: 1.37 * x, range(20)),
        (lambda x: x + 0.3, range(20)),
        (lambda x: 2 * x, range(5)),  # too few
        (lambda x: x, range(20)),
        (lambda x: str(x), range(20)),
        (lambda x: None, MAPS),
        (lambda x: x[:1], MAPS),
        (lambda x: np.nan * x, MAPS),
        (lambda x: x > 2, MAPS),
    ],
)
def test_nothing_is_said_of_some_cases_only(answer, expected):
    assert always(_attempts(answer, expected)) is None
