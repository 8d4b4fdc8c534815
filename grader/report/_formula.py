"""Formulas of a course's texts on one line of a terminal, as they would be typed.

A terminal has no place for fractions and small letters: ``\\frac{a + b}{c}`` becomes ``(a + b) / c``, and what stands
below a letter goes in brackets as in a program, ``x[i + a, j + b]``.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

__all__ = ["with_plain_formulas"]

# What Markdown shows as it is written: fenced blocks and code between backquotes; then formulas, of a block first.
_PARTS = re.compile(
    r"(?P<code>^ *```.*?^ *```|`[^`\n]+`)"
    r"|^(?P<indent> *)\$\$(?P<block>.+?)\$\$ *$"
    r"|(?<![\\$\w])\$(?P<inline>(?! )[^$\n]+?(?<! ))\$(?!\w)",
    re.DOTALL | re.MULTILINE,
)
_COLUMNS = 76
_BINARY = frozenset("=+−-·×≈≠≤≥<>←→∈⋆∗/")
_OPEN, _CLOSE = frozenset("([{⌊⌈|"), frozenset(")]}⌋⌉|")
_BIG = frozenset("∑∏∫")
_ACCENTS = {"^": "\u0302", "~": "\u0303", "¯": "\u0304", "ˉ": "\u0304", "‾": "\u0304"}
_SMALL = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def with_plain_formulas(text: str) -> str:
    """A Markdown text whose formulas a terminal can show; code is left as it is."""
    return _PARTS.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    if found["code"] is not None:
        return found[0]
    latex = found["block"] if found["inline"] is None else found["inline"]
    try:
        line = plain_formula(latex)
    except Exception:  # whatever a converter of others makes of a formula
        line = " ".join(latex.split())
    if found["block"] is None:
        return f"`{line}`"
    # Several formulas beside each other go below each other where they would be broken.
    lines = [line] if len(line) <= _COLUMNS else re.split(" {3,}", line)
    space = found["indent"]
    return "\n".join(space + text for text in ("```text", *lines, "```"))


def plain_formula(latex: str) -> str:
    """One formula on one line."""
    import latex2mathml.converter

    return " ".join(_row(ET.fromstring(latex2mathml.converter.convert(latex)))).strip()


def _row(element: ET.Element) -> Iterator[str]:
    """The words of a row; between two of them belongs a space."""
    word, ready = (
        "",
        False,
    )  # what is being put together; whether it may be the left side of an operator
    space, before = False, ""
    for piece, kind in _pieces(element):
        if kind == "space":
            space = True
            if piece:
                yield from filter(None, [word])
                word, ready = "", False
                yield piece
        elif kind == "operator" and ready:
            yield word
            yield piece
            word, ready, space = "", False, False
        elif kind == "operator":  # a sign
            word, space = word + piece, False
        elif piece == ",":
            yield word + piece
            word, ready, space = "", False, False
        else:
            # A number and what it multiplies stand together, as do brackets and what they hold.
            wordy = kind in ("word", "big") or (before == "word" and kind == "item")
            if ready and kind != "close" and (space or wordy):
                yield word
                word = ""
            word, space, before = word + piece, False, kind
            ready = kind != "open"
            if kind == "big":
                yield word
                word, ready = "", False
    if word:
        yield word


def _pieces(element: ET.Element) -> Iterator[tuple[str, str]]:
    """What stands in a row, each with its kind."""
    children = list(element)
    at = 0
    while at < len(children):
        child = children[at]
        name = child.tag.rpartition("}")[2]
        at += 1
        if name in ("mrow", "mstyle", "math", "mpadded"):
            if word := _upright(child):
                yield word, "word"
            else:
                yield from _pieces(child)
        elif name == "mspace":
            wide = (child.get("width") or "").removesuffix("em")
            yield "  " if wide.replace(".", "").isdigit() and float(wide) >= 1 else "", "space"
        elif name == "mtext":
            yield (child.text or "").strip(), "word"
        elif name in ("mi", "mn"):
            text = child.text or ""
            yield text, "word" if len(text) > 1 and name == "mi" else "item"
        elif name == "mo":
            text = (child.text or "").strip()
            yield text, _kind(text)
        else:
            yield _built(name, child)


def _kind(operator: str) -> str:
    if operator in _BINARY:
        return "operator"
    if operator in _OPEN:
        return "open"
    return "close" if operator in _CLOSE or operator == "!" else "item"


def _built(name: str, element: ET.Element) -> tuple[str, str]:
    """A fraction, a root, something above or below: as text, and its kind."""
    parts = [" ".join(_row(_wrapped(part))) for part in element]
    if name == "mfrac":
        above, below = (part if _single(part) else f"({part})" for part in parts)
        return f"{above} / {below}", "word"
    if name == "msqrt":
        inner = " ".join(parts)
        return (f"√{inner}" if len(inner) == 1 else f"√({inner})"), "word"
    if name in ("msub", "msup", "msubsup", "munder", "mover", "munderover"):
        base, *others = parts
        if base in _BIG:
            below = others[0] if others else ""
            return f"{base}({' … '.join(filter(None, [below, *others[1:]]))})", "big"
        if name == "mover" and others[0] in _ACCENTS:
            return base + _ACCENTS[others[0]], "item"
        low = others[0] if name in ("msub", "msubsup", "munder") else ""
        high = others[-1] if name != "msub" and name != "munder" else ""
        return base + _below(low) + _above(high), "item" if len(base) == 1 else "word"
    raise ValueError(f"no way to write {name} on one line")


def _below(text: str) -> str:
    if not text:
        return ""
    return f"_{text}" if text.isalpha() and len(text) > 1 else f"[{text}]"


def _above(text: str) -> str:
    if text in ("", "′", "″"):
        return text
    if text.isdigit():
        return text.translate(_SMALL)
    return f"^{text}" if len(text) == 1 else f"^({text})"


def _single(text: str) -> bool:
    return " " not in text or (text.startswith("√(") and text.find(")") == len(text) - 1)


def _wrapped(element: ET.Element) -> ET.Element:
    """A row that holds one element, so that every part is read in the same way."""
    row = ET.Element("mrow")
    row.append(element)
    return row


def _upright(element: ET.Element) -> str:
    """A word that is set letter by letter, upright; empty for everything else."""
    letters = list(element)
    upright = all(e.get("mathvariant") == "normal" and len(e) == 0 for e in letters)
    return "".join(e.text or "" for e in letters) if len(letters) > 1 and upright else ""
