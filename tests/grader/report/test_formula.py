"""Formulas of statements on a terminal: every formula of the courses, and what a reader would write by hand."""

import re

import pytest

from grader.course import find_course, list_courses
from grader.report import formula_text, with_formulas_as_text

_COURSES = [find_course(name) for name in list_courses()]
_STATEMENTS = sorted(path for course in _COURSES for path in course.path.rglob("*.md"))


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\left\lfloor \frac{N + 2P - K}{S} \right\rfloor + 1", "⌊(N + 2P − K) / S⌋ + 1"),
        (r"y_i = b + \sum_{a=0}^{K-1} x_{i+a} \, w_a", "yᵢ = b + Σ (a = 0 … K − 1) x[i + a] · wₐ"),
        (r"x_{iS+u,\,c} \; w_{u,c,f}", "x[iS + u, c] · w[u, c, f]"),
        (r"-\log \frac{e^{s_t}}{\sum_k e^{s_k}}", "−log (exp(sₜ) / (Σ (k) exp(sₖ)))"),
        (r"\frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}", "(x − μ) / √(σ² + ε)"),
        (r"\frac{\max(|b - c| - 1,\, 0)^2}{b + c}", "max(|b − c| − 1, 0)² / (b + c)"),
        (r"\frac{\partial L}{\partial w} \approx \frac{1}{2\,h}", "∂L / ∂w ≈ 1 / (2 · h)"),
        (r"v \leftarrow m\,v + g \qquad\text{then}\qquad w", "v ← m · v + g    then    w"),
        (r"(x^\top x + \lambda I)^{-1}", "(xᵀ x + λ I)⁻¹"),
        (r"\frac{\| f(x) - y \|}{\| y \|}", "‖ f(x) − y ‖ / ‖ y ‖"),
        (r"m_{\mathrm{batch}}, \hat{x}", "m[batch], x\u0302"),
        (r"150\,528 = 150{,}528", "150\u00a0528 = 150,528"),
        (r"(-1, 0)", "(−1, 0)"),
    ],
)
def test_a_formula_is_one_line_that_reads_like_it(latex, text):
    assert formula_text(latex) == text


@pytest.mark.parametrize(
    "latex", [r"\begin{pmatrix} 1 \end{pmatrix}", r"\frac{1}", "x_", "{x", "^2"]
)
def test_what_one_line_cannot_hold_stays_as_it_came(latex):
    assert formula_text(latex) == latex
    assert with_formulas_as_text(f"$${latex}$$") == f"$${latex}$$"


@pytest.mark.parametrize("path", _STATEMENTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_formula_of_the_courses_becomes_text(path):
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.M | re.S)
    assert not re.search(r"\$|\\[a-zA-Z]", with_formulas_as_text(prose))


def test_markdown_leaves_the_text_alone_and_prices_stay():
    assert with_formulas_as_text("so $y_{i,j} * 2$, $5 and $6") == r"so y\[i, j\] \* 2, $5 and $6"


def test_a_formula_by_itself_is_set_apart_and_a_long_one_takes_two_lines():
    assert with_formulas_as_text("Then\n\n$$x = 1$$\n") == "Then\n\n> x = 1\n"
    for terms, lines in ((3, 1), (11, 2)):
        half = " + ".join("abcdefghijk"[:terms])
        shown = with_formulas_as_text(rf"$${half} \qquad {half}$$")
        assert shown.count(">") == lines
        assert shown.startswith(f"> {half}")
