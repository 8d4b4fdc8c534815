"""Texts of a course on the page: formulas as MathML, figures inside, and no markup of their own."""

import pytest

from grader.report.page._statement import to_markup

_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c636000000002000148afa471"
    "0000000049454e44ae426082"
)


@pytest.fixture
def rendered(tmp_path, parsed):
    def render(text: str, language="en"):
        return parsed(str(to_markup(text, tmp_path, language)))

    return render


class TestFormulas:
    def test_a_formula_in_a_line(self, rendered):
        formula = rendered(r"so $\frac{N - K}{S}$ of them").one("math")
        assert formula.attributes["display"] == "inline"
        assert [e.text for e in formula.one("mfrac").all("mi")] == ["N", "K", "S"]

    def test_a_formula_of_its_own_can_be_scrolled(self, rendered):
        page = rendered("$$\n\\sum_{i=1}^n x_i\n$$")
        assert page.one("div", class_="scroll").attributes["tabindex"] == "0"
        assert page.one("math").attributes["display"] == "block"

    def test_two_prices_are_no_formula(self, rendered):
        assert not rendered("5 $ and 6 $").all("math")

    @pytest.mark.parametrize(
        "latex",
        [
            r"\text{<script>alert(1)</script>}",
            r"\href{javascript:alert(1)}{x}",
            r"\class{x}{y}",
            r"\frac{1}{",
            r"\text{<img src=x onerror=alert(1)>}",
        ],
    )
    def test_what_cannot_be_mathml_stays_as_it_was_written(self, rendered, latex):
        page = rendered(f"a ${latex}$ b")
        assert not page.all("script")
        assert not page.all("img")
        assert not page.all("a")
        (shown,) = page.all("math") or page.all("code")
        if shown.tag == "code":
            assert shown.text == " ".join(latex.split())


class TestMarkdown:
    def test_markup_is_text(self, rendered):
        page = rendered(
            "<script>alert(1)</script>\n\na <b onclick=x>b</b> [c](javascript:alert(1))"
        )
        assert {e.tag for e in page.children if not isinstance(e, str)} == {"p"}
        assert (
            page.text == "<script>alert(1)</script> a <b onclick=x>b</b> [c](javascript:alert(1))"
        )

    def test_headings_go_below_those_of_the_page_and_skip_no_level(self, rendered):
        page = rendered("## a\n\n### b\n\n## c\n\n#### d\n\n# e")
        assert [(e.tag, e.text) for e in page.children if not isinstance(e, str)] == [
            ("h4", "a"),
            ("h5", "b"),
            ("h4", "c"),
            ("h5", "d"),
            ("h4", "e"),
        ]

    def test_heads_of_tables_are_headers_where_they_say_something(self, rendered):
        page = rendered("| a | |\n|---|--:|\n| 1 | 2 |")
        assert [e.text for e in page.all("th", scope="col")] == ["a"]
        assert page.one("div", class_="scroll").attributes["role"] == "group"

    def test_code_stays_as_it_is(self, rendered):
        page = rendered("```python\ny = x  < 1 ; z\n```\n\nand `a : b` ; c", "fr")
        assert page.one("pre").one("code").children == ["y = x  < 1 ; z\n"]
        assert page.all("code")[1].text == "a : b"
        assert page.all("p")[-1].children[-1] == "\u00a0; c"


class TestFigures:
    def test_a_figure_of_the_course_lies_in_the_page(self, rendered, tmp_path):
        (tmp_path / "a.png").write_bytes(_PIXEL)
        image = rendered("![what it *shows*](a.png)").one("img")
        assert image.attributes["src"].startswith("data:image/png;base64,iVBOR")
        assert image.attributes["alt"] == "what it shows"

    @pytest.mark.parametrize(
        "source",
        [
            "https://example.org/a.png",
            "//example.org/a.png",
            "missing.png",
            "../outside.png",
            "a.py",
            "/etc/passwd",
        ],
    )
    def test_any_other_is_named_and_not_loaded(self, rendered, tmp_path, source):
        (tmp_path.parent / "outside.png").write_bytes(_PIXEL)
        (tmp_path / "a.py").write_bytes(b"")
        page = rendered(f"![what it shows]({source})")
        assert not page.all("img")
        assert page.text == "what it shows"
