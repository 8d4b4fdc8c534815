"""Families of mistakes: one function, many deviations, two of them at once where nothing else explains the answers."""

import pytest

from grader.checks import deviation, family
from grader.checks._attempts import Attempt
from grader.checks._declare import mistake_info
from grader.checks._diagnose import diagnose
from grader.messages import say


@family(
    of=("line", "twin"),
    deviations=[
        deviation("slope_forgotten", slope=1, fr="La pente manque.", en="The slope is missing."),
        deviation("start_forgotten", start=0, fr="Le début manque.", en="The start is missing."),
        deviation("start_late", start=9, fr="Trop tard.", en="Too late."),
        deviation("negative", sign=-1, fr="Le signe !", en="The sign!"),
    ],
)
def _line(n, *, slope=3, start=5, sign=1):
    return sign * (start + slope * n)


SINGLES, DOUBLES = _line.__singles__, _line.__doubles__


def _attempts(answer, cases, function="line"):
    for n in cases:
        attempt = Attempt(function, [], (n,), {}, _line(n), (None, None), got=answer(n))
        attempt.wrong = attempt.got != attempt.expected
        yield attempt


def _named(answer, cases=range(2, 12), function="line", variants=None):
    variants = [*DOUBLES, *SINGLES] if variants is None else variants
    found = diagnose(variants, list(_attempts(answer, cases, function)))
    return found and mistake_info(found).id


def test_each_deviation_is_a_mistake_of_each_function_and_so_is_each_pair():
    assert [mistake_info(v).id for v in SINGLES] == [
        f"{of}.{name}"
        for of in ("line", "twin")
        for name in ("slope_forgotten", "start_forgotten", "start_late", "negative")
    ]
    pairs = [mistake_info(v).id for v in DOUBLES if mistake_info(v).of == ("line",)]
    assert "line.slope_forgotten+start_late" in pairs
    assert "line.start_forgotten+start_late" not in pairs  # one start is wrong in one way
    assert len(pairs) == 5
    assert _line(2) == 11


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda n: 5 + n, "line.slope_forgotten"),
        (lambda n: -5 - 3 * n, "line.negative"),
        (lambda n: n, "line.slope_forgotten+start_forgotten"),
        (lambda n: -9 - 3 * n, "line.start_late+negative"),
        (lambda n: -n, None),  # three
        (lambda n: 7, None),
    ],
)
def test_one_deviation_is_named_before_two(answer, name):
    assert _named(answer) == name


def test_two_are_named_with_both_texts():
    info = next(
        mistake_info(v) for v in DOUBLES if mistake_info(v).id.endswith("start_late+negative")
    )
    assert info.text["en"] == "Two mistakes at once:\nToo late.\nThe sign!"
    assert info.text["fr"].startswith(say("two_mistakes", "fr"))
    assert info.text["fr"].endswith("\nLe signe\u00a0!")


def test_two_mistakes_need_more_evidence_than_one():
    assert _named(lambda n: n, cases=range(2, 6)) is None
    assert _named(lambda n: 5 + n, cases=range(2, 4)) == "line.slope_forgotten"


def test_of_two_pairs_that_explain_all_none_is_named():
    @family(
        of="line",
        deviations=[
            deviation("slope_forgotten", slope=1, fr="a", en="a"),
            deviation("start_forgotten", start=0, fr="b", en="b"),
            deviation("start_twice_too_small", factor=0, fr="c", en="c"),
        ],
    )
    def line(n, *, slope=3, start=5, factor=1):
        return factor * start + slope * n

    both = [*line.__singles__, *line.__doubles__]
    assert _named(lambda n: n, variants=both) is None
    assert _named(lambda n: n, variants=both[:3] + line.__doubles__[:1]) is not None


def test_the_twin_has_mistakes_of_its_own():
    assert _named(lambda n: 5 + n, function="twin") == "twin.slope_forgotten"


def test_what_a_family_must_not_be():
    with pytest.raises(ValueError, match="must set one keyword argument"):
        deviation("none", fr="a", en="a")
    with pytest.raises(ValueError, match="must set one keyword argument"):
        deviation("two", fr="a", en="a", x=1, y=2)
    with pytest.raises(ValueError, match="two deviations have the name 'one'"):
        family(of="f", deviations=[deviation("one", fr="a", en="a", x=n) for n in (1, 2)])
