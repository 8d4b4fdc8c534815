"""What may be printed of a text that someone hostile wrote."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.text import one_line, printable


@given(st.text(st.characters()))
def test_nothing_that_is_left_steers_a_terminal_or_turns_a_line(text):
    left = printable(text)
    assert len(left) == len(text)
    assert not {unicodedata.category(c) for c in left if c not in "\n\t"} & {"Cc", "Cf", "Cs", "Co"}
    left.encode()


@pytest.mark.parametrize(
    "text", ["", "q01_sum.py", "été", "卷积 🎉", "a\u00a0b", "[red]x[/]", "a\tb\nc"]
)
def test_honest_text_stays_as_it_is(text):
    assert printable(text) == text


@pytest.mark.parametrize(
    "sign", ["\x1b", "\r", "\x08", "\u202e", "\u2066", "\u200b", "\u2028", "\udcff"]
)
def test_each_kind_of_sign_that_does_something_is_replaced(sign):
    assert printable(f"a{sign}b") == "a\ufffdb"


def test_a_path_is_one_line():
    assert one_line(Path("tp\nScore 135 / 135\t!")) == "tp\ufffdScore 135 / 135\ufffd!"


def test_a_long_name_is_cut_and_says_so():
    assert one_line("x" * 10, limit=4) == "xxxx…"
