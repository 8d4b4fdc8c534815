"""Which part of the answers is wrong: said only where it is the same in all cases, and the rest could have been."""

import numpy as np
import pytest

from grader.checks._attempts import Attempt
from grader.checks._compare import compare
from grader.checks._part import wrong_part
from grader.messages import LANGUAGES, say

RNG = np.random.default_rng(0)
MAPS = [RNG.integers(1, 9, (4, 5, 2)).astype(np.float32) for _ in range(12)]
BATCHES = [RNG.integers(1, 9, (2, 4, 5, 3)).astype(np.float32) for _ in range(12)]
WORDS = ["yes", "no", "unclear"] * 10
CLAIMS = [[w for w, bit in zip("abc", f"{n:03b}", strict=True) if bit == "1"] for n in range(8)] * 2
SHAPES = [(n, n + 1, 3 * n) for n in range(1, 20)]


def _attempts(answer, expected):
    for place, right in enumerate(expected):
        attempt = Attempt("f", [], (place,), {}, right, (None, None), got=answer(right))
        attempt.wrong = compare(attempt.got, right) is not None
        yield attempt


def _changed(array, *index, by=100):
    array = array.copy()
    array[index] += by
    return array


def _wrong_border(x):
    y = x + 100
    y[1:-1, 1:-1] = x[1:-1, 1:-1]
    return y


@pytest.mark.parametrize(
    ("answer", "expected", "key", "facts"),
    [
        (lambda w: "no" if w == "unclear" else w, WORDS, "never_answers", {"value": "'unclear'", "count": 10}),
        (lambda w: "no", WORDS, "always_answers", {"value": "'no'"}),
        (lambda b: True, [True, False] * 10, "always_answers", {"value": "True"}),
        (lambda c: [w for w in c if w != "b"], CLAIMS, "word_never_in", {"value": "'b'"}),
        (lambda c: sorted({*c, "b"}), CLAIMS, "word_always_in", {"value": "'b'"}),
        (lambda c: sorted({*c} ^ {"b"}), CLAIMS, "word_wrong", {"value": "'b'"}),
        (lambda s: (*s[:2], 7), SHAPES, "only_entry_wrong", {"place": "[2]"}),
        (lambda s: {**s, "b": 0}, [{"a": n, "b": n + 1} for n in range(12)], "only_entry_wrong", {"place": "['b']"}),
        (lambda x: _changed(x, 0), MAPS, "only_index_wrong", {"axis": 0, "index": "0"}),
        (lambda x: _changed(x, slice(None), -1), MAPS, "only_index_wrong", {"axis": 1, "index": "-1"}),
        (lambda x: _changed(x, slice(1, None), by=50), MAPS, "only_index_right", {"axis": 0, "index": "0"}),
        (_wrong_border, MAPS, "only_border_wrong", {}),
        (lambda x: _changed(x, slice(1, -1), slice(1, -1)), MAPS, "only_inside_wrong", {}),
        (lambda x: _changed(x, ..., slice(1, None)), BATCHES, "only_index_right", {"axis": 3, "index": "0"}),
        (lambda x: np.where(x > 5, 0, x), MAPS, "zero_where_wrong", {}),
    ],
)  # fmt: skip
def test_the_part_that_is_wrong_is_found(answer, expected, key, facts):
    assert wrong_part(_attempts(answer, expected)) == (key, facts)
    assert all(say(key, language, **facts) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda w: "no" if w == "unclear" else w, WORDS[:6]),  # too few
        (lambda w: {"yes": "no", "no": "yes"}.get(w, w), WORDS),
        (lambda c: [*c, "d"][::-1], CLAIMS),
        (lambda s: (s[0], 7, 7), SHAPES),
        (lambda s: (1, 2, s[2] + 1), [(1, 2, n) for n in range(12)]),  # the others never change
        (lambda s: s[:2], SHAPES),
        (lambda x: x + 1, MAPS),
        (lambda x: _changed(x, 0), [x * (np.arange(4) == 0)[:, None, None] for x in MAPS]),
        (lambda x: _changed(x, 0, 0, 0), MAPS),  # a corner is not the first row
        (lambda x: x[:1], MAPS),
        (lambda x: 0 * x, MAPS),
        (lambda x: x, MAPS),
    ],
)
def test_nothing_is_said_where_it_is_not_so(answer, expected):
    assert wrong_part(_attempts(answer, expected)) is None


def test_a_fault_is_no_part():
    first, *others = _attempts(lambda x: _changed(x, 0), MAPS)
    first.dropped = True
    assert wrong_part([first, *others]) is None
