"""docs/glossary.md holds: its terms are those of the texts, and French texts use no other word for them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.messages import _SENTENCES, no_break
from jaxcnn.plotting._labels import _LABELS

from ._blocks import ROOT
from ._chapters import COURSE

_GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
_COURSES = ROOT / "solutions"
_CODE = re.compile(r"^ *```.*?^ *```$|``[^`]+``|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+\$", re.DOTALL)
_ADDRESS = re.compile(r"\]\([^)]*\)")


def _rows(head: str) -> list[list[str]]:
    """The rows of the tables that begin with this head."""
    found, inside = [], False
    for line in _GLOSSARY.splitlines():
        inside = line == head or (inside and line.startswith("|"))
        if inside and line != head and not line.startswith("|---"):
            found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


_TERMS = [row[:2] for row in _rows("| English | French | meaning | in code; elsewhere |")]
_REFUSED = [
    (word, instead) for words, instead in _rows("| not | but |") for word in words.split(", ")
]


def _plain(text: str) -> str:
    """Prose without code, formulas and addresses, its spaces all alike."""
    for what in (_CODE, _FORMULA, _ADDRESS):
        text = what.sub(" … ", text)
    return re.sub(r"\s+", " ", text)


def _french_of(path: Path) -> Iterator[str]:
    """The French that a module of a course holds: ``fr=``, ``{"fr": ...}``, docstrings and comments marked FR."""
    source = path.read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg == "fr":
            yield from _strings(node.value)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "fr":
                    yield from _strings(value)
        elif isinstance(node, ast.Module | ast.FunctionDef):
            _, mark, told = (ast.get_docstring(node) or "").partition("FR:")
            yield told.partition("EN:")[0] if mark else ""
    yield " ".join(re.findall(r"^ *# FR: ?(.*)$", source, re.MULTILINE))


def _strings(value: ast.expr) -> Iterator[str]:
    yield "".join(
        part.value
        for part in ast.walk(value)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def _texts(language: str) -> dict[str, str]:
    place = ("fr", "en").index(language)
    files = [*(COURSE / language).glob("*.md"), *_COURSES.rglob(f"*.{language}.md")]
    texts = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in files}
    texts["messages"] = "\n".join(sentence[place] for sentence in _SENTENCES.values())
    texts["labels"] = "\n".join(label[place] for label in _LABELS.values())
    if language == "fr":
        for path in _COURSES.rglob("*.py"):
            texts[str(path.relative_to(ROOT))] = "\n".join(_french_of(path))
    else:
        texts |= {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")}
        del texts["glossary.md"]
    return {name: _plain(text) for name, text in texts.items()}


_TEXTS = {language: _texts(language) for language in ("fr", "en")}


def _said(term: str, text: str) -> re.Match[str] | None:
    return re.search(rf"(?<!\w){re.escape(term)}s?(?!\w)", text, re.IGNORECASE)


@pytest.mark.parametrize(("word", "instead"), _REFUSED, ids=[word for word, _ in _REFUSED])
def test_no_french_text_says(word, instead):
    found = [
        (name, text[max(0, match.start() - 40) : match.end() + 20])
        for name, text in _TEXTS["fr"].items()
        if (match := _said(word, text))
    ]
    assert found == [], instead


# What the library's guides explain, which are in English.
_OF_GUIDES = {"confusion matrix", "layer-wise learning-rate decay"}


@pytest.mark.parametrize("term", _TERMS, ids=[english for english, _ in _TERMS])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_term_is_one_that_texts_use(term, language):
    if language == "fr" and term[0] in _OF_GUIDES:
        return
    names = re.sub(r" \([^)]*\)", "", term[("en", "fr").index(language)]).split(", ")
    everything = " ".join(_TEXTS[language].values())
    assert any(_said(name.removeprefix("to "), everything) for name in names), names


def test_a_french_term_is_none_of_those_that_are_refused():
    for _, french in _TERMS:
        assert not [word for word, _ in _REFUSED if _said(word, french)]


@pytest.mark.parametrize("path", sorted((COURSE / "fr").glob("*.md")), ids=lambda path: path.stem)
def test_the_prose_of_a_french_chapter_has_its_no_break_spaces(path):
    text = re.sub(r"\A---\n.*?^---\n", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for part in re.split(
        "|".join(p.pattern for p in (_CODE, _FORMULA, _ADDRESS)), text, flags=re.M | re.S
    ):
        assert no_break(f"…{part}")[1:] == part


def test_decimals_in_a_french_list_are_kept_apart_by_semicolons():
    for name, text in _TEXTS["fr"].items():
        assert not re.search(r"\d,\d+, −?\d+,\d", text), name


def test_what_is_refused_would_be_found():
    assert _said("batch", "Un Batch de 32")
    assert _said("figé", "des poids figés")
    assert not _said("batch", "model.batches")
    assert "padding" not in _plain("`padding` et $K$")
    assert "exemple" in " ".join(_french_of(_COURSES / "tp2" / "q14_where_to_cut" / "solution.py"))
