"""The texts of the practical: what they show runs, fits a terminal, and uses one word for one thing."""

import re
from pathlib import Path

import pytest

from grader.course import find_course, function_hints, functions_with_hints, hint_levels
from grader.messages import LANGUAGES

_COURSE = find_course("tp2")
_TEXTS = sorted(_COURSE.path.rglob("*.md"))
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def _name(path: Path) -> str:
    return str(path.relative_to(_COURSE.path))


@pytest.mark.parametrize("path", _TEXTS, ids=_name)
def test_code_fits_80_columns(path):
    for indent, _, body in _BLOCK.findall(path.read_text(encoding="utf-8")):
        for line in body.splitlines():
            assert len(line) <= 76 + len(indent), line


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", _COURSE.pages)
def test_every_block_of_a_page_runs(name, language, capsys):
    names: dict = {}
    blocks = [code for _, _, code in _BLOCK.findall(_COURSE.page(name, language))]
    assert len(blocks) > 5
    for block in blocks:
        exec(compile(block, f"{name}.{language}.md", "exec"), names)
    # What the text says of them.
    assert names["scores"].shape == (5, 2)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("('classifier', 'layers', 1, 'bias')")
    nnx = names["nnx"]
    with pytest.raises(IndexError):
        nnx.state(nnx.relu)
    opened = {path[0] for path, _ in nnx.to_flat_state(names["opened"])}
    assert opened == {"classifier"}


@pytest.mark.parametrize("question", _COURSE.questions, ids=lambda question: question.id)
def test_hints_for_a_function_say_the_same_in_both_languages(question):
    french, english = (
        hint_levels(_COURSE.text(question, "hints", language)) for language in LANGUAGES
    )
    names = functions_with_hints(english)
    assert functions_with_hints(french) == names
    for name in names:
        counts = [len(function_hints(levels, name)) for levels in (french, english)]
        assert counts[0] == counts[1] >= 2, name


@pytest.mark.parametrize("question", _COURSE.questions, ids=lambda question: question.id)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_commentary_is_short(question, language):
    lines = _COURSE.text(question, "commentary", language).splitlines()
    assert 3 <= len([line for line in lines if line]) <= 10


_BETTER = {
    r"\bélan\b": "inertie",
    r"sous-échantillonnage": "pooling",
    r"[Pp]as d'apprentissage": "taux d'apprentissage",
}
# Where networks are trained; elsewhere a filter makes steps, which are strides.
_TRAINING = {r"(\d|nombre de|premiers|chaque) pas\b": "étape: pas is the stride"}
_FRENCH = [
    *(path for path in _TEXTS if ".fr." in path.name),
    *_COURSE.path.rglob("solution.py"),
    *_COURSE.path.rglob("mistakes.py"),
    *_COURSE.path.rglob("checks.py"),
]


@pytest.mark.parametrize("path", _FRENCH, ids=_name)
def test_french_has_one_word_for_one_thing(path):
    text = path.read_text(encoding="utf-8")
    trains = path.parent.name >= "q09"
    for word, better in {**_BETTER, **(_TRAINING if trains else {})}.items():
        found = re.search(word, text)
        assert not found, (better, text[found.start() - 60 : found.end() + 20])


@pytest.mark.parametrize("path", _TEXTS, ids=_name)
def test_times_has_one_sign(path):
    assert not re.search(r"\d x \d", path.read_text(encoding="utf-8"))
