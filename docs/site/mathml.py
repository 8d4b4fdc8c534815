"""Formulas of the site as MathML: every browser of today draws it, and no script or font is fetched."""

import re
from typing import Any

import latex2mathml.converter
from docutils import nodes

_GROUPED = re.compile(
    r"<mn>([\d.\u202f,]+)</mn>(<mrow><mo>&#x0002C;</mo></mrow>|<mspace width=\"0\.167em\" />)<mn>([\d.]+)</mn>"
)
# The name of a function is no operator, and stands apart from what it is applied to unless that is in brackets.
_FUNCTION = re.compile(
    r"<m[io]>(arg|cos|exp|ln|log|max|min|sin|tan)</m[io]>(<mo stretchy=\"false\">&#x00028;)?"
)
# A prime is a raised sign in every font: as an exponent it would be raised and made small twice.
_PRIME = re.compile(r"<msup>(<mi>[^<]*</mi>)<mi>(&#x0203[2-4];)</mi></msup>")


def to_mathml(latex: str, *, display: bool = False) -> str:
    """A formula as a ``<math>`` element.

    A comma or a thin space between digits is part of one number: ``150{,}528``, ``150\\,528``.

    Raises:
        ValueError: The formula has a command that is not known, or a bracket without its partner.

    >>> to_mathml("150{,}528").count("<mn>")
    1
    """
    try:
        found = latex2mathml.converter.convert(latex, display="block" if display else "inline")
    except Exception as error:
        raise ValueError(f"latex (={latex!r}) is no formula: {type(error).__name__}") from error
    if unknown := re.findall(r"\\[a-zA-Z]+", found):
        raise ValueError(f"latex (={latex!r}) has unknown commands: {', '.join(unknown)}")
    found = _FUNCTION.sub(_apart, found)
    found = _PRIME.sub(r'<mrow>\1<mo lspace="0" rspace="0">\2</mo></mrow>', found)
    while match := _GROUPED.search(found):
        sign = "," if "mo" in match[2] else "\u202f"
        found = f"{found[: match.start()]}<mn>{match[1]}{sign}{match[3]}</mn>{found[match.end() :]}"
    return found


def _apart(match: re.Match[str]) -> str:
    name, bracket = match.groups()
    return f"<mi>{name}</mi>" + (bracket or '<mspace width="0.167em" />')


def visit_inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(to_mathml(node.astext()))
    raise nodes.SkipNode


def visit_display(translator: Any, node: nodes.math_block) -> None:
    formula = to_mathml(node.astext(), display=True)
    translator.body.append(f'<div class="formula">{formula}</div>')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
