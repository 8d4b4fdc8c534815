"""Formulas of statements as a terminal can show them."""

import re

import pytest

from grader.course import find_course
from grader.report import with_plain_formulas
from grader.report._formula import plain_formula


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        (r"y_i = b + \sum_{a=0}^{K-1} x_{i+a} \, w_a", "y[i] = b + ∑(a = 0 … K − 1) x[i + a] w[a]"),
        (
            r"\text{corr}_{i,j} = \sum_{a,b} x_{i+a,\,j+b} \, w_{a,b}",
            "corr[i, j] = ∑(a, b) x[i + a, j + b] w[a, b]",
        ),
        (r"\left\lfloor \frac{N + 2P - K}{S} \right\rfloor + 1", "⌊(N + 2P − K) / S⌋ + 1"),
        (
            r"\hat{x} = \frac{x - \mu_c}{\sqrt{\sigma_c^2 + \varepsilon}}",
            "x\u0302 = (x − μ[c]) / √(σ[c]² + ε)",
        ),
        (r"L = -\frac{1}{N} \sum_n \log p_{n,\,\mathrm{right}}", "L = −1 / N ∑(n) log p[n, right]"),
        (r"p_k = \frac{e^{z_k}}{\sum_m e^{z_m}}", "p[k] = e^(z[k]) / (∑(m) e^(z[m]))"),
        (r"m \leftarrow (1 - r)\, m + r\, \mu_{\mathrm{batch}}", "m ← (1 − r) m + r μ_batch"),
        (r"K^2 C + C F \quad \text{weights}", "K²C + CF    weights"),
        (r"x' = -x", "x′ = −x"),
    ],
)
def test_a_formula_is_one_line_that_could_be_typed(latex, line):
    assert plain_formula(latex) == line


def test_prices_and_code_are_no_formulas():
    text = "It costs $5, or $6. `$x_i$`\n\n```\n$$x_i$$\n```\n"
    assert with_plain_formulas(text) == text


def test_a_formula_in_a_sentence_is_set_as_code_and_one_alone_as_a_block():
    text = "Let $x_i$ be.\n\n$$x_i = 1$$\n"
    assert with_plain_formulas(text) == "Let `x[i]` be.\n\n```text\nx[i] = 1\n```\n"


def test_what_no_converter_knows_stays_as_it_was_written():
    assert with_plain_formulas("$$\\frac{a$$") == "```text\n\\frac{a\n```"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("course_id", ["tp2", "foundations"])
def test_every_formula_of_the_courses_fits_a_narrow_terminal(course_id, language):
    course = find_course(course_id)
    for question in course.questions:
        text = course.text(question, "statement", language)
        for latex in re.findall(r"\$\$(.+?)\$\$", text, re.DOTALL):
            _, *lines, _ = with_plain_formulas(f"$${latex}$$").splitlines()
            assert lines
            for line in lines:
                assert len(line) <= 76
                assert not set("\\{}_$") & set(line.replace("_batch", "").replace("_lot", "")), line
