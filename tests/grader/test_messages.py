"""Every sentence exists in both languages, and takes the same facts in both."""

import ast
import re
import string
from pathlib import Path

import pytest

import grader
from grader.messages import LANGUAGES, default_language, no_break, say
from grader.messages._sentences import SENTENCES
from grader.results import Verdict

_FILES = sorted(Path(grader.__file__).parent.rglob("*.py"))


def _places(sentence: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(sentence) if field is not None}


def _said() -> list[tuple[str, str, set[str] | None]]:
    """Where ``say`` or ``in_all`` is called with a key written out: place, key, names of facts (None with ``**``)."""
    found = []
    for path in _FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            key = node.args[0]
            if name in ("say", "in_all") and isinstance(key, ast.Constant):
                names = [keyword.arg for keyword in node.keywords]
                facts = None if None in names else {n for n in names if n}
                found.append((f"{path.name}:{node.lineno}", str(key.value), facts))
    return found


def _id(value):
    """The same in every process, whatever order its sets have."""
    return str(sorted(value) if isinstance(value, set) else value)[:40]


@pytest.mark.parametrize("key", SENTENCES)
def test_both_languages_say_the_same_facts(key):
    french, english = SENTENCES[key]
    assert french
    assert english
    assert _places(french) == _places(english)


@pytest.mark.parametrize(("place", "key", "facts"), _said(), ids=_id)
def test_every_call_gives_the_facts_that_its_sentence_has_places_for(place, key, facts):
    assert key in SENTENCES, place
    if facts is not None:
        missing = _places(SENTENCES[key][0]) - facts
        assert not missing, place


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_a_name(verdict):
    names = {say(f"verdict_{verdict.value}", language) for language in LANGUAGES}
    assert all(names)


def test_every_sentence_is_said_somewhere():
    files = [path for path in _FILES if path.name != "_sentences.py"]
    files += sorted(Path(grader.__file__).parent.rglob("*.html"))
    texts = [path.read_text(encoding="utf-8") for path in files]
    # With the name of a verdict, the number of a level, a kind of numbers, the name of an operation, of a light,
    # of what becomes of a hand-in.
    made = ("verdict_", "promise_", "level_", "form_kind_", "operation_", "page_light_")
    made += ("handins_state_", "handins_fate_", "pages_verdict_")
    keys = [key.removesuffix("_one") for key in SENTENCES if not key.startswith(made)]
    assert not [
        key for key in keys if not any(re.search(f"['\"]{key}['\"]", text) for text in texts)
    ]


@pytest.mark.parametrize("key", [key for key in SENTENCES if key.endswith("_one")])
def test_a_singular_stands_beside_its_plural(key):
    plural = SENTENCES[key.removesuffix("_one")]
    assert _places(SENTENCES[key][0]) <= _places(plural[0]) | {"file"}


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 of 6 values is wrong."), (2, "2 of 6 values are wrong.")]
)
def test_one_is_not_said_in_the_plural(count, words):
    assert say("entries", "en", count=count, total=6) == words


@pytest.mark.parametrize(
    ("text", "typeset"),
    [
        ("Vrai : non ; oui ? si !", "Vrai~: non~; oui~? si~!"),
        ("« un » et « deux »", "«~un~» et «~deux~»"),
        ("Écrire `x[1 :]` : oui", "Écrire `x[1 :]`~: oui"),
        ("x != y, a :b", "x != y, a :b"),
        ("rien à faire", "rien à faire"),
        ("80 % de 150 528 nombres", "80~% de 150~528 nombres"),
        ("5 × 5 × 3, K × K", "5~×~5~×~3, K × K"),
        ("1 à 16, 100 fois, 2 3 4", "1 à 16, 100 fois, 2 3 4"),
    ],
)
def test_french_signs_keep_to_their_words_but_code_stays(text, typeset):
    assert no_break(text) == typeset.replace("~", "\u00a0")


def test_french_writes_a_comma_in_rounded_numbers():
    assert say("cohort_rate", "fr", rate=3.25, minutes=2).startswith("3,2 par minute")
    assert say("cohort_rate", "en", rate=3.25, minutes=2).startswith("3.2 a minute")
    assert "4,5 / 7" in say("cohort_result", "fr", student="Ada", score=4.5, max_score=7.0)
    assert "0.5 au lieu de 1.5" in say(
        "instead_of", "fr", got=0.5, expected=1.5
    )  # as Python has it


def test_facts_keep_their_spaces():
    assert "x ? y : z" in say("your_line", "fr", where="Ligne 1", code="x ? y : z")
    assert say("line", "fr", line=1) == say("line", "fr", line="1")


def test_facts_may_contain_braces():
    assert say("untouched", "en") == "Not started yet."
    assert "{x}" in say("import_error", "en", error="{x} {0}")


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LC_ALL": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "fr_CH"}, "fr"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "fr_FR"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "fr", "LANG": "C"}, "fr"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE"}, "en"),
    ],
)
def test_the_locale_chooses_the_language(monkeypatch, environment, language):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert default_language() == language
