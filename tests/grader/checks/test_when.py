"""On which cases a function is right: the simplest fact that separates them, or nothing."""

import numpy as np
import pytest

from grader import grade
from grader.checks._attempts import Attempt
from grader.checks._when import when_right, wrong_only
from grader.messages import LANGUAGES, say


def _attempts(reference, wrong, cases):
    for args in cases:
        attempt = Attempt("f", [], args, {}, None, (None, None), reference=reference)
        attempt.wrong = wrong(*args)
        yield attempt


def _size(size, kernel, padding=0, stride=1):
    return (size + 2 * padding - kernel) // stride + 1


RNG = np.random.default_rng(0)
SIZES = [tuple(map(int, RNG.integers([8, 1, 0, 1], [20, 6, 3, 4]))) for _ in range(150)]
IMAGES = [
    (RNG.integers(-3, 4, (int(RNG.integers(3, 6)), int(RNG.integers(3, 6)), 2)),)
    for _ in range(150)
]
LAYERS = [
    (
        [
            {"kernel": int(RNG.integers(1, 4)), "stride": int(RNG.integers(1, 3))}
            for _ in range(RNG.integers(0, 4))
        ],
    )
    for _ in range(150)
]
ORDERS = [(str(RNG.choice(["hwc", "chw"])), int(k)) for k in range(60)]


@pytest.mark.parametrize(
    ("reference", "wrong", "cases", "fact"),
    [
        (_size, lambda size, kernel, padding, stride: padding > 0, SIZES, "padding == 0"),
        (_size, lambda size, kernel, padding, stride: stride > 1, SIZES, "stride == 1"),
        (_size, lambda size, kernel, padding, stride: kernel % 2 == 0, SIZES, "kernel % 2 == 1"),
        (
            lambda image: image,
            lambda image: image.shape[0] != image.shape[1],
            IMAGES,
            "image.shape[0] == image.shape[1]",
        ),
        (
            lambda layers: layers,
            lambda layers: any(layer["stride"] > 1 for layer in layers),
            LAYERS,
            "all(item['stride'] == 1 for item in layers)",
        ),
        (
            lambda layers: layers,
            lambda layers: any(layer["stride"] > 1 for layer in layers[1:]),
            LAYERS,
            "all(item['stride'] == 1 for item in layers[1:])",
        ),
        (lambda order, n: n, lambda order, n: order == "chw", ORDERS, "order == 'hwc'"),
    ],
)
def test_the_simplest_fact_is_found(reference, wrong, cases, fact):
    found = when_right(_attempts(reference, wrong, cases))
    assert found is not None
    assert found.fact == fact
    assert found.wrong == found.others
    assert found.right + found.others == len({repr(case) for case in cases})


def test_a_few_right_answers_by_accident_do_not_hide_it():
    def wrong(size, kernel, padding, stride):
        return padding > 0 and (size, kernel) != SIZES[0][:2]

    found = when_right(_attempts(_size, wrong, SIZES))
    assert found is not None
    assert found.fact == "padding == 0"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda *case: True,
        lambda *case: False,
        lambda *case: hash(case) % 2 == 0,  # of nothing that can be said
    ],
)
def test_nothing_is_said_where_nothing_separates(wrong):
    assert when_right(_attempts(_size, wrong, SIZES)) is None


def test_too_few_cases_say_nothing():
    assert when_right(_attempts(_size, lambda *case: case[2] > 0, SIZES[:10])) is None


_CHECKS = """
from hypothesis import strategies as st
from grader.checks import agree, check, forall


@check(points=3, fr="Carrés", en="Squares")
@forall(examples=5, x=st.integers(-9, 9))
def test_square(student, reference, x):
    agree(student.square, reference.square, x)
"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return x * abs(x)", "cases tried where x >= 0; wrong in"),
        ("return x * x if x % 2 else 1 // 0", "cases tried where x % 2 == 1; wrong in"),
        ("return x * x + 1", None),
    ],
)
def test_the_report_says_when_an_answer_is_right(maths, tmp_path, body, said):
    (maths / "q01_square" / "checks.py").write_text(_CHECKS, encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()
    (work / "q01_square.py").write_text(f"def square(x):\n    {body}\n", encoding="utf-8")
    result = grade(str(maths), work, questions=["q01"], language="en", isolation=0, seed=1)
    (check,) = result.questions[0].checks
    if said is None:
        assert "When is it right?" not in check.message
    else:
        assert said in check.message, check.message


def _answers(wrong, cases, right):
    for place, args in enumerate(cases):
        attempt = Attempt("f", [], args, {}, right(*args), (None, None), reference=_size)
        attempt.wrong = wrong(place, *args)
        yield attempt


def test_what_all_wrong_cases_have_in_common_is_told_even_where_some_of_these_are_right():
    some = _answers(lambda n, size, k, padding, stride: padding == 0 and n % 3 == 0, SIZES, _size)
    found = wrong_only(some)
    assert found is not None
    assert not found.of_answer
    assert found.fact == "padding == 0"
    assert found.wrong >= 8
    assert found.wrong < found.here
    assert found.here + found.others == len({repr(case) for case in SIZES})
    assert all(say("wrong_only", language, **found._asdict()) for language in LANGUAGES)


def test_it_may_be_the_answer_that_is_right():
    def word(size, kernel, padding, stride):
        return "yes" if kernel == 2 else "no" if size % 2 else "unclear"

    found = wrong_only(_answers(lambda n, *args: word(*args) == "unclear" and n % 2, SIZES, word))
    assert found is not None
    assert found.of_answer
    assert found.fact == "'unclear'"
    assert all(say("wrong_only_answer", language, **found._asdict()) for language in LANGUAGES)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda n, size, kernel, padding, stride: n % 5 == 0,  # anywhere
        lambda n, size, kernel, padding, stride: padding == 0 and n < 20,  # too few
        lambda n, size, kernel, padding, stride: size > 8,  # nearly everywhere
        lambda n, size, kernel, padding, stride: False,
    ],
)
def test_what_wrong_cases_share_by_chance_is_not_told(wrong):
    assert wrong_only(_answers(wrong, SIZES, _size)) is None
