"""What the site adds to Sphinx: formulas as MathML, notebooks of the chapters, the other language."""

import html
import importlib
import re
import sys

import pytest

from ._blocks import ROOT
from ._chapters import LANGUAGES, NAMES, chapter


@pytest.fixture
def module(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "site"))

    def load(name):
        monkeypatch.delitem(sys.modules, name, raising=False)
        return importlib.import_module(name)

    return load


def _formulas(language, name):
    prose = re.sub(r"`[^`\n]*`", "", chapter(language, name).prose)
    found = re.findall(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", prose, re.DOTALL)
    return [block or line for block, line in found]


class TestFormulas:
    def test_every_formula_of_the_chapters_becomes_mathml(self, module):
        pytest.importorskip("docutils")
        to_mathml = module("mathml").to_mathml
        for language in LANGUAGES:
            for name in NAMES:
                for formula in _formulas(language, name):
                    assert to_mathml(formula, display=True).startswith("<math ")

    def test_digits_in_groups_are_one_number(self, module):
        pytest.importorskip("docutils")
        to_mathml = module("mathml").to_mathml
        assert "<mn>805,306,368</mn>" in to_mathml("805{,}306{,}368")
        assert "<mn>150\u202f528</mn>" in to_mathml(r"150\,528")
        assert to_mathml("(1, 2)").count("<mn>") == 2

    def test_a_command_that_is_not_known_is_an_error(self, module):
        pytest.importorskip("docutils")
        with pytest.raises(ValueError, match=r"latex \(=.*nonsense"):
            module("mathml").to_mathml(r"\nonsense{x}")

    def test_functions_stand_apart_from_what_has_no_brackets(self, module):
        pytest.importorskip("docutils")
        to_mathml = module("mathml").to_mathml
        assert re.search(r"<mi>log</mi><mspace [^>]*/><mn>10</mn>", to_mathml(r"\log 10"))
        assert re.search(r"<mi>max</mi><mo [^>]*>&#x00028;</mo>", to_mathml(r"\max(y, 0)"))

    def test_the_font_has_every_character_of_them(self, module):
        pytest.importorskip("docutils")
        fonts = pytest.importorskip("fontTools.ttLib")
        to_mathml = module("mathml").to_mathml
        known = fonts.TTFont(ROOT / "docs/site/_static/formulas.woff").getBestCmap()
        used = set()
        for language in LANGUAGES:
            for name in NAMES:
                for formula in _formulas(language, name):
                    used |= {*html.unescape(re.sub(r"<[^>]*>", "", to_mathml(formula)))}
        assert {c for c in used if ord(c) not in known} <= {"\u202f"}  # a space: any font has it


class TestNotebooks:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_have_the_cells_of_the_chapter_and_nothing_that_jupyter_does_not_know(
        self, module, tmp_path, language
    ):
        pytest.importorskip("jupytext")
        nbformat = pytest.importorskip("nbformat")
        written = module("notebooks").write_notebooks(ROOT / "docs" / "course" / language, tmp_path)
        assert [path.stem for path in written] == [name.removesuffix(".md") for name in NAMES]
        for path, name in zip(written, NAMES, strict=True):
            notebook = nbformat.read(path, as_version=4)
            nbformat.validate(notebook)
            code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
            assert code == [cell.rstrip("\n") for cell in chapter(language, name).cells]
            text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
            assert ":::" not in text
            assert text.count("<details>") == text.count("</details>") > 0
            links = re.findall(r"\]\(([^)#]+)\)", text)
            assert {target for target in links if not (tmp_path / target).is_file()} == set()

    def test_of_the_same_chapter_are_the_same_bytes(self, module, tmp_path):
        pytest.importorskip("jupytext")
        notebooks, course = module("notebooks"), ROOT / "docs" / "course" / "en"
        first, second = (notebooks.write_notebooks(course, tmp_path / n) for n in ("a", "b"))
        assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_the_other_language_is_one_link_away_and_back(module):
    pytest.importorskip("docutils")
    counterpart = module("pages").counterpart
    for name in (*NAMES, "index.md"):
        page = f"course/en/{name.removesuffix('.md')}"
        there = counterpart(page, "en")
        assert there == page.replace("/en/", "/fr/")
        assert counterpart(there, "fr") == page
    assert counterpart("training", "fr") == "training"
    assert counterpart("api/nn", "en") is None


def test_the_reference_has_a_page_for_every_package():
    import jaxcnn

    pages = {path.stem for path in (ROOT / "docs" / "api").glob("*.md")}
    assert pages == {*jaxcnn.__all__[1:], "course", "grader", "index"}
    listed = re.findall(r"^(\w+)$", (ROOT / "docs/api/index.md").read_text("utf-8"), re.MULTILINE)
    assert {*listed} == pages - {"index"}


def test_every_guide_is_in_the_contents_of_both_sites():
    guides = {path.stem for path in (ROOT / "docs").glob("*.md")}
    for language in LANGUAGES:
        text = chapter(language, "index.md").text
        assert {*re.findall(r"^\.\./\.\./(\w+)$", text, re.MULTILINE)} == guides
