"""Texts that come of an answer: short, printable, and honest about what was cut."""

import pytest

from grader.checks._bounded import Bound, bound_texts, bounded, last_lines
from grader.report import to_junit
from grader.results import CheckResult, Counterexample, Isolation, QuestionResult, Result

HOSTILE = "\x1b[31m\u202e\ud800 e" + "\u0301" * 500 + "\x00\u2028"
SMALL = Bound(20, 3)


def test_a_short_text_stays_as_it_is():
    text = "é : où\u00a0?\n\tΣ 数"
    assert bounded(text, SMALL, "fr") == text


@pytest.mark.parametrize(
    ("language", "end"),
    [
        ("en", " [… 29,999,980 more characters]"),
        ("fr", " [… encore 29\u202f999\u202f980 caractères]"),
    ],
)
def test_of_a_long_text_the_beginning_stays_and_the_rest_is_counted(language, end):
    assert bounded("A" * 30_000_000, SMALL, language) == "A" * 20 + end


def test_lines_are_counted_too():
    assert bounded("a\nb\nc\nd\ne", SMALL, "en") == "a\nb\nc [… 4 more characters]"
    assert bounded("a\nb\nc", SMALL, "en") == "a\nb\nc"


def test_nothing_in_it_steers_a_terminal_or_runs_over_other_lines():
    text = bounded(HOSTILE, Bound(1000, 9), "en")
    assert not set(text) & set("\x1b\u202e\ud800\x00\u2028")
    assert text.count("\u0301") == 3
    assert "ế" in bounded("e\u0302\u0301 = ế", SMALL, "en"), "marks that languages use stay"


def test_of_what_was_printed_the_last_lines_are_shown_and_cuts_are_marked():
    printed = "\n".join(f"{n} " + "x" * 500 * (n == 99) for n in range(100))
    lines = last_lines(printed, "en").split("\n")
    assert lines[0] == "Your code printed:"
    assert lines[1:3] == ["  | …", "  | 90 "]
    assert lines[-1].endswith("xxx…")
    assert max(map(len, lines)) < 170
    assert last_lines("one", "en") == "Your code printed:\n  | one"


def _hostile_result() -> CheckResult:
    text = (HOSTILE + "y" * 1000 + "\n") * 1000
    example = Counterexample(text, text, text, text)
    return CheckResult(
        id="q.f", title="f", max_points=1, message=text, counterexample=example, log=text
    )


def test_a_hundred_hostile_results_make_a_small_report_in_every_form():
    checks = [_hostile_result() for _ in range(100)]
    for check in checks:
        bound_texts(check, "fr")
    question = QuestionResult(id="q", title="q", max_score=100, checks=checks)
    result = Result(
        course="c",
        version="1",
        seed=1,
        seed_id="",
        started="",
        isolation=Isolation(0, "", ()),
        questions=[question],
    )
    assert len(result.to_json()) < 3_000_000
    assert Result.from_json(result.to_json()) == result
    assert len(to_junit(result)) < 3_000_000
