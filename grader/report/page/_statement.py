"""Markdown of a course as HTML: no markup of its own passes, formulas are MathML, figures lie in the page."""

import base64
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import latex2mathml.converter
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape
from mdit_py_plugins.dollarmath import dollarmath_plugin

from grader.messages import Language, say, typeset
from grader.text import one_line

__all__ = ["to_markup"]

_ABOVE = 3  # levels of headings that the page has of its own
_FIGURE = 2 * 2**20  # bytes
_TYPES = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".gif": "gif",
    ".svg": "svg+xml",
    ".webp": "webp",
}

_MATHML = "http://www.w3.org/1998/Math/MathML"
_ELEMENTS = frozenset(
    re.findall(
        r"\w+",
        "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle merror mpadded mphantom msub msup msubsup munder "
        "mover munderover mmultiscripts mprescripts mtable mtr mtd menclose",
    )
)
_ATTRIBUTES = frozenset(
    re.findall(
        r"\w+",
        "display mathvariant stretchy fence form lspace rspace largeop movablelimits accent accentunder minsize "
        "maxsize symmetric linethickness columnalign rowspacing columnspacing width height depth voffset displaystyle "
        "scriptlevel notation separator",
    )
)


def to_markup(text: str, folder: Path, language: Language) -> Markup:
    """Render a text of the course.

    Args:
        text: Markdown, with formulas between dollars.
        folder: where its figures lie.
        language: of the text: French gets its no-break spaces.

    Returns:
        HTML in which headings begin at level 4.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.use(
        dollarmath_plugin,
        renderer=partial(_formula, language=language),
        allow_labels=False,
        allow_space=False,  # two prices are no formula
        double_inline=True,
    )
    for name, rule in _RULES.items():
        parser.add_render_rule(name, rule)
    tokens = parser.parse(text)
    _lower_headings(tokens)
    for token in tokens:
        for inner in token.children or ():
            if inner.type == "text":
                inner.content = typeset(inner.content, language)
    environment = {"folder": folder, "language": language}
    return Markup(parser.renderer.render(tokens, parser.options, environment))


def _lower_headings(tokens: Sequence[Token]) -> None:
    """Headings go below those of the page: a ``##`` becomes an ``h4``, and none skips a level."""
    above = _ABOVE
    for token in tokens:
        if token.type == "heading_open":
            above = min(max(int(token.tag[1]) + 2, _ABOVE + 1), above + 1, 6)
        if token.type.startswith("heading_"):
            token.tag = f"h{above}"


# ------------------------------------------------------------------------------------------- formulas


def _formula(latex: str, options: dict[str, Any], language: Language) -> str:
    """MathML of known elements and attributes; the formula as it was written where that cannot be made."""
    display = "block" if options.get("display_mode") else "inline"
    try:
        tree = ET.fromstring(latex2mathml.converter.convert(latex, display=display))
        _examine(tree)
    except Exception:  # whatever a converter of others makes of a formula
        return f"<code>{escape(latex)}</code>"
    ET.register_namespace("", _MATHML)
    formula = ET.tostring(tree, encoding="unicode")
    return (
        f"{_scroller(say('page_formula', language))}{formula}</div>"
        if display == "block"
        else formula
    )


def _examine(tree: ET.Element) -> None:
    for element in tree.iter():
        name = element.tag.removeprefix(f"{{{_MATHML}}}")
        if name not in _ELEMENTS or not _ATTRIBUTES.issuperset(element.attrib):
            raise ValueError(f"{name} {sorted(element.attrib)} must be MathML that shows a formula")


# ------------------------------------------------------------------------------------- rules of rendering


def _table_open(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any
) -> str:
    return f"{_scroller(say('page_table', env['language']))}<table>\n"


def _table_close(
    self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any
) -> str:
    return "</table></div>\n"


def _th_open(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    name = _heads(tokens[at + 1])
    scope = ' scope="col"' if name == "th" else ""
    style = tokens[at].attrGet("style")
    return f"<{name}{scope}{f' style={chr(34)}{escape(style)}{chr(34)}' if style else ''}>"


def _th_close(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return f"</{_heads(tokens[at - 1])}>\n"


def _heads(content: Token) -> str:
    """A header with nothing in it heads nothing."""
    return "th" if content.content.strip() else "td"


def _fence(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    opened = _scroller(say("page_code", env["language"]))
    return f"{opened}<pre><code>{escape(tokens[at].content)}</code></pre></div>\n"


def _scroller(label: str) -> str:
    """What is too wide for a phone scrolls by itself, with a keyboard too."""
    return f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(label)}">'


def _image(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    token = tokens[at]
    alt = self.renderInlineAsText(token.children or [], options, env)
    source = str(token.attrGet("src") or "")
    address = _embedded(source, env["folder"])
    if address is None:
        return f"<em>{escape(alt or one_line(source))}</em>"
    return f'<img src="{escape(address)}" alt="{escape(alt)}">'


_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*:|^//", re.IGNORECASE)


def _embedded(source: str, folder: Path) -> str | None:
    """A figure of the course, from its own folder, as an address that holds it; None for anything else."""
    kind = _TYPES.get(Path(source).suffix.lower())
    if kind is None or _ADDRESS.match(source):
        return None
    try:
        path = (folder / source).resolve()
        if not path.is_relative_to(folder.resolve()) or path.stat().st_size > _FIGURE:
            return None
        content = path.read_bytes()
    except (OSError, ValueError):
        return None
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


_RULES = {
    "table_open": _table_open,
    "table_close": _table_close,
    "th_open": _th_open,
    "th_close": _th_close,
    "fence": _fence,
    "code_block": _fence,
    "image": _image,
}
