"""Raw answers: a check gets the form that it asks for, or the student is told which."""

import re

import ml_dtypes
import numpy as np
import pytest

from grader.checks._answer import Answer, BadForm, NotAskedFor

GRID = np.arange(6.0).reshape(2, 3)


def _answer(value):
    return Answer(value, "f(…)", [])


@pytest.mark.parametrize(
    ("value", "read", "expected"),
    [
        (3, lambda a: a.number(), 3.0),
        (3, lambda a: a.integer(), 3),
        (np.array(2.5, np.float32), lambda a: a.number(between=(2, 3)), 2.5),
        (np.array(2, np.uint8), lambda a: a.integer(between=(2, 2)), 2),
        (float("inf"), lambda a: a.number(finite=False), float("inf")),
        (True, lambda a: a.truth(), True),
        (np.array(False), lambda a: a.truth(), False),
        ("yes", lambda a: a.text(["yes", "no"]), "yes"),
        ("", lambda a: a.text(), ""),
        (np.array(1, ml_dtypes.bfloat16), lambda a: a.number(), 1.0),
    ],
)
def test_a_scalar_of_the_form_asked_for_is_given(value, read, expected):
    found = read(_answer(value))
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("shape", "options"),
    [
        (None, {}),
        ((2, 3), {"kind": "float", "between": (0, 5)}),
        ((None, 3), {}),
        ((2, None), {"kind": "number"}),
    ],
)
def test_an_array_of_the_form_asked_for_is_given(shape, options):
    assert _answer(GRID).array(shape, **options) is GRID


@pytest.mark.parametrize(
    ("value", "read", "words"),
    [
        (None, lambda a: a.array(), "an array of numbers; it returned: None"),
        (
            [1, 2],
            lambda a: a.array((2,)),
            r"an array of numbers of shape \(2,\); it returned: list",
        ),
        (GRID, lambda a: a.array((3, 2)), r"of shape \(3, 2\); it returned: float64\[2,3\]"),
        (GRID, lambda a: a.array((None, None, None)), r"\(…, …, …\)"),
        (GRID, lambda a: a.array(kind="int"), "an array of integers"),
        (GRID > 1, lambda a: a.array(), "an array of numbers; it returned: bool"),
        (np.where(GRID == 2, np.inf, GRID), lambda a: a.array(), r"inf \[0, 2\]"),
        (GRID, lambda a: a.array(between=(0, 4)), r"from 0 to 4; it returned: float64\[2,3\]: 5"),
        (np.array(["a"], "U1"), lambda a: a.array(), "an array of numbers"),
        (GRID + 1j, lambda a: a.array(), "an array of numbers"),
        (float("nan"), lambda a: a.number(), "a number; it returned: .*nan"),
        ("3", lambda a: a.number(), "a number; it returned: str"),
        (np.ones(1), lambda a: a.number(), "a number"),
        (True, lambda a: a.number(), "a number; it returned: bool"),
        (2.0, lambda a: a.integer(), "an integer; it returned: float"),
        (7, lambda a: a.integer(between=(0, 6)), "an integer, from 0 to 6"),
        (10**400, lambda a: a.integer(), "an integer"),
        (-(10**400), lambda a: a.number(), "a number"),
        (1, lambda a: a.truth(), "a bool"),
        (b"x", lambda a: a.text(), "a text"),
        ("maybe", lambda a: a.text(["yes", "no"]), "one of the texts 'yes', 'no'; it returned: 'm"),
        (3, lambda a: a.items(), "a list or a tuple; it returned: int"),
        ((1,), lambda a: a.items(2), r"a list or a tuple of 2 items; it returned: tuple\[1\]"),
        ({"a": 1}, lambda a: a.items(1), "a list or a tuple of 1 items; it returned: dict"),
        ({"a": 1}, lambda a: a.entries(["b"]), "a dictionary with the keys 'b'"),
        ([], lambda a: a.entries(), "a dictionary; it returned: list"),
    ],
)
def test_another_form_is_refused_with_what_was_wanted_and_what_came(value, read, words):
    with pytest.raises(BadForm) as caught:
        read(_answer(value))
    text = caught.value.text("en", "f(…)")
    assert text.startswith("f(…) must return ")
    assert re.search(words, text), text
    assert caught.value.text("fr", "f(…)") != text


def test_what_lies_inside_is_asked_for_in_the_same_way_and_its_place_is_named():
    answer = _answer({"rows": [1, (2.5, None)]})
    pair = answer.entries(["rows"])["rows"].items(2)[1].items(2)
    assert pair[0].number() == 2.5
    with pytest.raises(BadForm) as caught:
        pair[1].number()
    assert "(at ['rows'][1][1])" in caught.value.text("en", "f(…)")


@pytest.mark.parametrize(
    "use",
    [
        bool,
        len,
        float,
        list,
        np.asarray,
        np.mean,
        lambda a: a == 3,
        lambda a: a != 3,
        lambda a: a < 3,
        lambda a: 1 + a,
        lambda a: a - np.ones(2),
        lambda a: a[0],
        lambda a: 3 in a,
        lambda a: [1, 2][a],
    ],
)
def test_an_answer_that_was_not_asked_for_in_any_form_cannot_be_used(use):
    opened = []
    with pytest.raises(NotAskedFor, match=r"<answer of f\(…\)> has not been asked for in any form"):
        use(Answer(3, "f(…)", opened))
    assert not opened


def test_what_a_check_has_used_is_remembered():
    opened = []
    with pytest.raises(BadForm):
        Answer("x", "f(1)", opened).number()
    assert not opened
    Answer(3, "f(2)", opened).number()
    assert opened == ["f(2)"]


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (lambda a: a.text(["yes"]), r"returned: 'xxx.*'… \+3999940\."),
        (lambda a: a.number(), "returned: str"),
    ],
)
def test_a_long_text_is_shown_by_its_beginning(read, words):
    with pytest.raises(BadForm) as caught:
        read(_answer("x" * 4_000_000))
    text = caught.value.text("en", "f(…)")
    assert re.search(words, text), text
    assert len(text) < 200


def test_of_many_and_long_keys_a_few_are_named():
    value = {"A" * 1_000_000: 1, **{str(n): n for n in range(90_000)}}
    with pytest.raises(BadForm) as caught:
        _answer(value).entries(["mean"])
    assert len(caught.value.text("en", "f(…)")) < 300
    parts = _answer(value).entries()
    with pytest.raises(BadForm) as caught:
        parts["A" * 1_000_000].text()
    assert "(at ['AAA" in caught.value.text("en", "f(…)")
    assert len(caught.value.text("en", "f(…)")) < 300


def test_a_key_cannot_forge_a_line():
    with pytest.raises(BadForm) as caught:
        _answer({"a\n✓ passed\x1b[31m": 1}).entries()["a\n✓ passed\x1b[31m"].text()
    assert "\n" not in caught.value.text("en", "f(…)")


def test_a_call_is_remembered_once_however_much_is_read_of_its_answer():
    opened = []
    for part in Answer([1] * 1000, "f(1)", opened).items():
        part.number()
    assert opened == ["f(1)"]
