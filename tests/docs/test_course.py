"""The chapters of the course: their cells run, both languages say the same, and every number was computed."""

import ast
import importlib.util
import re

import pytest

from jaxcnn.plotting import course

from ._blocks import ROOT, run, unknown_in
from ._chapters import COURSE, LANGUAGES, NAMES, chapter, executed, without_words

pytest.importorskip("matplotlib")

_DIGITS = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)?(?![\w])")
# Numbers of the text that are no result: years, names, and what a reader is told to give.
_NOT_COMPUTED = {
    *map(str, (1989, 1998, 2014, 2015, 2016, 2017, 2018, 2020)),
    *("224", "227", "300", "400", "448", "672", "512", "1024", "1000", "4096", "128", "150", "255"),
    *(
        "0.1",
        "0.2",
        "0.001",
        "0.0001",
        "100",
        "101",
        "152",
        "240",
        "244",
        "180",
        "120",
        "256",
        "500",
    ),
}


@pytest.mark.parametrize("name", NAMES)
class TestBothLanguages:
    def test_have_the_same_cells_but_for_the_words_that_they_show(self, name):
        english, french = (chapter(language, name).cells for language in LANGUAGES)
        assert [*map(without_words, french)] == [*map(without_words, english)]

    def test_draw_the_same_figures_each_in_its_own_language(self, name):
        english, french = (chapter(language, name) for language in LANGUAGES)
        assert english.figures == french.figures
        for language in LANGUAGES:
            used = re.findall(r'language="(\w+)"', "\n".join(chapter(language, name).cells))
            assert set(used) <= {language}

    def test_show_the_same_libraries_with_the_same_code(self, name):
        english, french = (
            [(library, without_words(code)) for library, code in chapter(language, name).tabs]
            for language in LANGUAGES
        )
        assert english == french

    def test_have_as_many_sections_formulas_questions_and_links(self, name):
        counts = []
        for language in LANGUAGES:
            prose = chapter(language, name).prose
            counts.append(
                {
                    "headings": re.findall(r"^(#+) ", prose, re.MULTILINE),
                    "displayed": prose.count("$$"),
                    "answers": len(re.findall(r"^:::\{dropdown\}", prose, re.MULTILINE)),
                    "rows": len(re.findall(r"^\|", prose, re.MULTILINE)),
                    "commands": sorted(re.findall(r"`((?:grader|jaxcnn) [^`]+)`", prose)),
                    "links": sorted(re.findall(r"\]\(([^)#]+)", prose)),
                }
            )
        assert counts[0] == counts[1]


def test_chapters_are_paired_and_listed_in_order():
    for language in LANGUAGES:
        there = sorted(path.name for path in (COURSE / language).glob("[0-9]*.md"))
        listed = re.findall(r"^(\d\d-[\w-]+)$", chapter(language, "index.md").text, re.MULTILINE)
        assert [f"{name}.md" for name in listed] == there == list(NAMES)


def test_every_figure_of_the_course_is_drawn_in_a_chapter():
    drawn = {name for page in NAMES for name in chapter("en", page).figures}
    assert drawn == set(course.list_figures())


@pytest.mark.parametrize("name", NAMES)
def test_the_cells_of_a_chapter_run_and_their_claims_hold(name):
    _, shown = executed(name)
    assert len(shown) >= len(chapter("en", name).figures)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_the_text_is_in_a_cell_or_was_printed_by_one(name, language):
    printed, shown = executed(name)
    cells = re.sub(r"(?<=\d)_(?=\d)", "", "\n".join(chapter("en", name).cells))
    known = {*_numbers(cells), *_numbers(printed), *_numbers(repr(shown))} | _NOT_COMPUTED
    loose = [n for n in _numbers(_plain(chapter(language, name).prose, language)) if len(n) > 2]
    assert [number for number in loose if number not in known] == []


def _plain(prose: str, language: str) -> str:
    """The text with its numbers written as Python writes them."""
    text = re.sub(r"\]\([^)]*\)|`[^`]*`", " ", prose)  # addresses and code
    thousands, point = (
        (r"(?:\{,\}|,)", None) if language == "en" else (r"(?:\\,|\u202f)", r"(?:\{,\}|,)")
    )
    text = re.sub(rf"(?<=\d){thousands}(?=\d{{3}}(?!\d))", "", text)
    return re.sub(rf"(?<=\d){point}(?=\d)", ".", text) if point else text


def _numbers(text: str) -> list[str]:
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    return [n.rstrip(".") for n in _DIGITS.findall(text.replace("^", " ^ ").replace("x", " x "))]


@pytest.mark.parametrize("name", NAMES)
def test_the_code_of_each_library_is_python_and_ours_and_pytorchs_runs(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tabs = chapter("en", name).tabs
    assert [library for library, _ in tabs] == ["PyTorch", "Keras", "jaxcnn"] * (len(tabs) // 3)
    for library, code in tabs:
        ast.parse(code)
        if library != "Keras" and all(map(importlib.util.find_spec, _imported(code))):
            run(code, {"__name__": "chapter"})


def _imported(code: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [*NAMES, "index.md"])
class TestAPage:
    def test_names_commands_and_options_that_exist(self, name, language):
        spans = re.findall(r"`((?:jaxcnn|grader)\s[^`]*)`", chapter(language, name).text)
        assert [(s, why) for s in spans if (why := unknown_in(s)) is not None] == []

    def test_links_to_pages_and_headings_that_exist(self, name, language):
        page = COURSE / language / name
        for target, anchor in re.findall(
            r"\]\(([^)#:]+\.md)(?:#([^)]+))?\)", page.read_text("utf-8")
        ):
            assert (page.parent / target).is_file(), target
            if anchor:
                text = (page.parent / target).read_text("utf-8")
                headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
                slugs = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
                assert anchor in slugs, f"{target}#{anchor}"

    def test_names_questions_that_exist(self, name, language):
        for question, course_id in _asked(chapter(language, name).text):
            assert question in _questions(course_id), f"{course_id} {question}"


def _asked(text: str) -> list[tuple[str, str]]:
    return re.findall(r"`grader show (q\d\d) --course (\w+)`", text)


def _questions(course_id: str) -> set[str]:
    from grader.course import find_course

    if (
        course_id == "foundations"
        and not (ROOT / "solutions" / course_id / "course.toml").is_file()
    ):
        return {f"q{number:02}" for number in range(1, 22)}  # what it is to have
    return {question.id for question in find_course(course_id).questions}


def test_numbers_are_read_as_their_language_writes_them():
    assert _numbers(_plain("It has 150{,}529 weights, or 1,234.", "en")) == ["150529", "1234"]
    french = _plain("150\\,529 poids, 1\u202f234, 97,6 %, ou 2{,}303", "fr")
    assert _numbers(french) == ["150529", "1234", "97.6", "2.303"]


def test_cells_that_differ_by_more_than_words_are_told_apart():
    assert without_words('print(f"loss {x}")') == without_words('print(f"perte {x}")  # bas')
    assert without_words("print(x + 1)") != without_words("print(x + 2)")
    assert without_words('f("loss")') != without_words('f("perte")')
