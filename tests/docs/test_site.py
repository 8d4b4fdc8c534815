"""What the site adds to Sphinx: formulas as MathML, notebooks of the chapters, the other language."""

import html
import importlib
import pathlib
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
    assert counterpart("search", "fr") == "search"
    assert counterpart("api/nn", "en") is None
    assert counterpart("genindex", "en") is None


def test_a_layer_has_the_signature_of_its_constructor(module):
    pytest.importorskip("docutils")
    from jaxcnn import nn

    told = "(in_features, out_features, kernel_size"
    for signature in ("(*args, **kwargs)", "(*args: Any, **kwargs: Any)"):
        found = module("pages").whole_signature(
            None, "class", "jaxcnn.nn.Conv2d", nn.Conv2d, None, signature, None
        )
        assert found is not None
        assert found[0].startswith(told)
    left = module("pages").whole_signature(None, "class", "x", nn.Conv2d, None, "(x)", None)
    assert left is None  # a signature that was found is the better one


def test_guides_name_each_other_by_title_and_files_by_name(module):
    pytest.importorskip("docutils")
    source = ["see [levels.md](levels.md#two), [how](levels.md), [a file](../benchmarks/ops.py)"]
    module("pages").name_targets(None, "training", source)
    assert source == ["see [](levels.md#two), [how](levels.md), a file (`benchmarks/ops.py`)"]


def test_a_page_says_what_its_parts_are_in_its_own_language(module):
    pytest.importorskip("babel")
    finished = module("words").finished
    page = (
        '<aside class="sidebar-drawer"><p class="caption" role="heading">x</p>'
        '<a class="reference internal" href="../training.html">Training</a></aside>'
        '<svg><title>Expand</title></svg><aside class="toc-drawer no-toc"></aside>'
    )
    french = finished(page, "fr")
    assert french.count('aria-level="2"') == 1
    assert 'aria-label="Sur cette page" class="toc-drawer no-toc"' in french
    assert '<a class="reference internal" lang="en" href="../training.html">' in french
    assert "Déplier" in french
    english = finished(page, "en")
    assert 'aria-label="On this page" class="toc-drawer no-toc"' in english
    assert "Expand" in english
    assert "lang=" not in english


def test_what_the_site_puts_in_place_of_english_words_stands_in_the_theme(module):
    """A new version of the theme may word it otherwise."""
    furo = pytest.importorskip("furo")
    folder = pathlib.Path(furo.__file__).parent / "theme" / "furo"
    theme = "\n".join(path.read_text("utf-8") for path in sorted(folder.rglob("*.html")))
    words = module("words")
    assert [text for text in words.FRENCH_MARKUP if text not in theme] == []
    for part in ('<aside class="sidebar-drawer"', '<aside class="toc-drawer', "Made with "):
        assert part in theme


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
