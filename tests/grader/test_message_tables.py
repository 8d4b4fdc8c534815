"""A language that is not built in: a table of sentences beside a course."""

import json

import pytest

from grader.messages import (
    TableError,
    heard,
    read_table,
    say,
    speak,
    spoken,
    told,
    written_table,
)
from grader.messages import _say as saying
from grader.messages._sentences import SENTENCES


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """What a test speaks is forgotten after it."""
    monkeypatch.setattr(saying, "_tables", {})


def _table(folder, text, name="messages.de.toml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_sentence_of_the_table_is_said_and_what_is_missing_in_english(tmp_path):
    table = read_table(_table(tmp_path, '[sentences]\nmissing_file = "{file} fehlt."\n'))
    speak(table)
    assert spoken() == ("fr", "en", "de")
    assert say("missing_file", "de", file="q01.py") == "q01.py fehlt."
    assert say("untouched", "de") == say("untouched", "en")
    assert len(table.missing) == len(SENTENCES) - 1


def test_a_language_without_a_table_is_an_error_that_names_those_there_are():
    with pytest.raises(KeyError, match=r"'de'.*fr, en"):
        say("untouched", "de")
    assert heard("de") is None
    assert heard("fr") == "fr"


@pytest.mark.parametrize("language", [0, 1])
def test_a_table_may_say_whatever_the_grader_says_itself(tmp_path, language):
    own = {key: sentence[language] for key, sentence in SENTENCES.items()}
    lines = (f"{key} = {json.dumps(sentence)}" for key, sentence in own.items())
    table = read_table(_table(tmp_path, "\n".join(["[sentences]", *lines])))
    assert table.sentences == own
    assert table.missing == []


def test_completing_keeps_what_was_translated_and_shows_what_was_not(tmp_path):
    begun = read_table(_table(tmp_path, written_table("de")))
    assert begun.sentences == {}
    text = '[typography]\ndecimal = ","\nthousands = "."\n[sentences]\nday = "T"\nuntouched = "\\"{{"\n'
    table = read_table(_table(tmp_path, text))
    again = written_table("de", table)
    assert read_table(_table(tmp_path, again)) == table
    assert again.count("\n# ") >= len(SENTENCES)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[sentences]\nno_such = "x"', "'no_such' is none of the grader's"),
        ('[sentences]\nmissing_file = "fehlt."', "lacks the place {file}"),
        ('[sentences]\nmissing_file = "{file} {seed}"', "has the place {seed}.*one of {file}"),
        ('[sentences]\nmissing_file = "{file.__class__}"', "has the place {file.__class__}"),
        ('[sentences]\nmissing_file = "{file!r}"', "has the place {file!r}"),
        ('[sentences]\nmissing_file = "{file:>1000000000}"', "has the place"),
        ('[sentences]\nmissing_file = "{file"', "braces"),
        ('[sentences]\nuntouched = "  "', "is empty"),
        ("[sentences]\nuntouched = 1", "must be a text"),
        ("sentences = 1", "must be a table"),
        ("[words]", r"not \['words'\]"),
        ('[typography]\ndecimal = ", "', "one character"),
        ('[typography]\ndecimal = "\\u001b"', "one character"),
        ('[typography]\ndigits = "x"', "'digits'"),
        ("[sentences", "messages.de.toml"),
        ("#" * 2**20 + "#", "bytes"),
    ],
)
def test_a_table_that_could_fail_later_is_refused_at_once(tmp_path, text, why):
    with pytest.raises(TableError, match=why):
        read_table(_table(tmp_path, text))


@pytest.mark.parametrize(
    "name", ["messages.fr.toml", "messages.DE.toml", "messages.toml", "x.toml"]
)
def test_the_name_says_a_language_that_is_not_the_graders_own(tmp_path, name):
    with pytest.raises(TableError, match=r"messages\.de\.toml"):
        read_table(_table(tmp_path, "", name))


def test_a_text_of_a_course_that_is_not_there_is_told_in_english_first():
    assert told({"fr": "oui", "en": "yes"}, "de") == "yes"
    assert told({"fr": "oui", "en": ""}, "de") == "oui"
    assert told({"de": "ja", "en": "yes"}, "de") == "ja"
