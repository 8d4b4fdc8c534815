"""Formulas of a statement as a terminal shows them: one line of Unicode for what LaTeX draws."""

import re
from collections.abc import Callable

from grader.course._numbers import FORMULA

__all__ = ["formula_text", "with_formulas_as_text"]

_GREEK = "alpha beta gamma delta varepsilon epsilon eta lambda mu pi sigma"
_OTHERS = "partial infty lfloor rfloor lceil rceil lVert rVert lvert rvert sum prod top dots prime"
_FUNCTIONS = ("log", "exp", "max", "min", "sin", "cos")
_SIGNS = (
    dict(zip(_GREEK.split(), "αβγδεεηλμπσ", strict=True))
    | dict(zip(_OTHERS.split(), "∂∞⌊⌋⌈⌉‖‖||ΣΠᵀ…'", strict=True))
    | {name: name for name in _FUNCTIONS}
)
_RELATIONS = "times cdot approx le ge ne in leftarrow rightarrow to mapsto star"
_BETWEEN = dict(zip(_RELATIONS.split(), "×·≈≤≥≠∈←→→↦⋆", strict=True))
_PLAIN = {"=": "=", "+": "+", "-": "−", "<": "<", ">": ">"}
_GAP = "    "  # between two formulas
_LONG = 70  # columns
_EM = "\u2003"  # a wide space, which is not drawn together with others
_WIDE = {"quad": _EM, "qquad": _EM}
_THIN = {",", ";", ":", "!", " "}
_SUPERSCRIPTS = dict(zip("0123456789+−=()nijkᵀ'", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱʲᵏᵀ'", strict=True))
_SUBSCRIPTS = dict(
    zip("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
_TOKEN = re.compile(r"\\([a-zA-Z]+|.)|([{}^_])|(\s+)|(\d+(?:\{,\}\d+)?|.)", re.DOTALL)
_HAT = "\u0302"
_PRODUCT = "\u2062"  # stands for a thin space until it is known what lies on both sides of it


class _NotKnown(Exception):
    """Something that one line of text has no sign for."""


def formula_text(latex: str) -> str:
    """A formula in one line: ``\\frac{N + 2P - K}{S}`` is ``(N + 2P − K) / S``; as it came where that cannot be had.

    An index of several parts stands in brackets (``x[i + u, c]``), a product is written out (``2 · ε``).
    """
    shown = _text_or_none(latex)
    return latex if shown is None else shown


def _text_or_none(latex: str) -> str | None:
    try:
        return _tidy(_Reader(latex).row()).replace(_EM, _GAP)
    except _NotKnown:
        return None


class _Reader:
    def __init__(self, latex: str) -> None:
        self._tokens = [match.group(0) for match in _TOKEN.finditer(latex)]
        self._at = 0

    def row(self, end: str = "") -> str:
        """Everything up to ``end``, or to the end of the formula."""
        written: list[str] = []
        while (token := self._next(end)) is not None:
            if token in "^_":
                raise _NotKnown(token)
            if token.isspace():
                written.append(" ")
                continue
            thing = self._with_indices(token)
            of_a_function = token == r"\frac" and "".join(written).strip().endswith(_FUNCTIONS)
            written.append(f"({_tidy(thing)}){_PRODUCT}" if of_a_function else thing)
        return "".join(written)

    def _next(self, end: str) -> str | None:
        if self._at == len(self._tokens):
            if end:
                raise _NotKnown(end)
            return None
        token = self._tokens[self._at]
        self._at += 1
        return None if token == end else token

    def _with_indices(self, token: str) -> str:
        base, below, above = self._atom(token), "", ""
        while self._at < len(self._tokens) and self._tokens[self._at] in "^_":
            place = self._next("")
            argument = self._argument()
            below, above = (argument, above) if place == "_" else (below, argument)
        if base in ("Σ", "Π") and below:
            bounds = f"{below} … {above}" if above else below
            return f"{base} ({_tidy(bounds)}) "
        if base == "e" and above:
            return f"exp({_tidy(above)})"
        return base + _lowered(below) + _raised(above)

    def _atom(self, token: str) -> str:
        if token == "{":
            return self.row("}")
        if token == "}":
            raise _NotKnown(token)
        if not token.startswith("\\"):
            sign = _PLAIN.get(token)
            return f" {sign} " if sign else token.replace("{,}", ",")
        name = token[1:]
        if name in ("left", "right"):
            return self._atom(self._next("") or "")
        if name in _WIDE:
            return _WIDE[name]
        if name in _THIN:
            return _PRODUCT
        if name in "{}|":
            return "‖" if name == "|" else name
        if name in _SIGNS:
            return _SIGNS[name]
        if name in _BETWEEN:
            return f" {_BETWEEN[name]} "
        if name in _MADE:
            return _MADE[name](self)
        raise _NotKnown(token)

    def _argument(self) -> str:
        while (token := self._next("")) is not None and token.isspace():
            pass
        if token is None:
            raise _NotKnown("")
        return self._atom(token)

    def _words(self) -> str:
        if self._next("") != "{":
            raise _NotKnown("{")
        found = []
        while (token := self._next("}")) is not None:
            found.append(token)
        return "".join(found)

    def _fraction(self) -> str:
        above, below = _tidy(self._argument()), _tidy(self._argument())
        return f"{_grouped(above)} / {_grouped(below)}{_PRODUCT}"

    def _root(self) -> str:
        inside = _tidy(self._argument())
        return f"√{inside}" if len(inside) == 1 or inside.isdigit() else f"√({inside})"


_MADE: dict[str, Callable[[_Reader], str]] = {
    "frac": _Reader._fraction,
    "sqrt": _Reader._root,
    "text": _Reader._words,
    "mathrm": _Reader._words,
    "hat": lambda reader: reader._argument() + _HAT,
    "bar": lambda reader: reader._argument() + "\u0304",
}


def _grouped(part: str) -> str:
    """In parentheses, if more than one thing stands above or below the stroke."""
    outside, depth = [], 0
    for sign in part:
        depth -= sign in ")]⌋"
        if depth == 0:
            outside.append(sign)
        depth += sign in "([⌊"
    several = " " in "".join(outside) and not re.fullmatch("‖[^‖]*‖", part)
    return f"({part})" if several else part


def _lowered(index: str) -> str:
    index = _tidy(index)
    if index.isdigit() or index in _SUBSCRIPTS:
        return "".join(_SUBSCRIPTS[sign] for sign in index)
    return f"[{index}]" if index else ""


def _raised(power: str) -> str:
    power = _tidy(power)
    tight = power.replace(" ", "")
    if all(sign in _SUPERSCRIPTS for sign in tight):
        return "".join(_SUPERSCRIPTS[sign] for sign in tight)
    return f"^({power})"


_OPERATORS = "=+−<>×·≈≤≥←→"


def _tidy(text: str) -> str:
    """One space between two things, none inside brackets, and products written out where a thin space stood."""
    text = re.sub(rf"(?<=\d){_PRODUCT}(?=\d)", "\u00a0", text)  # one number
    text = re.sub(rf" *{_PRODUCT}[ {_PRODUCT}]*(?=$|[{_OPERATORS}{_EM},;.)\]⌋‖/])", " ", text)
    text = re.sub(rf"(^|[{_OPERATORS}{_EM},;(\[⌊]) *{_PRODUCT}[ {_PRODUCT}]*", r"\1 ", text)
    text = re.sub(rf" *{_PRODUCT}[ {_PRODUCT}]*", " · ", text)
    text = re.sub(" +", " ", text).strip(" ")
    text = re.sub(
        rf"(^|[{_OPERATORS}(⌊,\[/]) ?− ", lambda sign: f"{sign[1]} −".lstrip(), text
    )  # of its own
    text = re.sub(r"(?<=[(⌊[]) | (?=[)⌋\],;])", "", text)
    text = re.sub(rf" *{_EM}[ {_EM}]*", _EM, text)
    text = re.sub(r"(?<=[∂√]) ", "", text)
    return re.sub(r",(?=[^\s\d])", ", ", text)


def with_formulas_as_text(markdown: str) -> str:
    """Markdown without code, its formulas as text that Markdown leaves alone; what stands by itself is set apart."""

    def text(match: re.Match[str]) -> str:
        shown = _text_or_none(" ".join((match[1] or match[2]).split()))
        if shown is None:
            return match[0]
        shown = re.sub(r"([\\`*_\[\]<>])", r"\\\1", shown)
        if not match[1] or markdown[: match.start()].rpartition("\n")[2]:
            return shown
        return "> " + (shown.replace(_GAP, "\\\n> ") if len(shown) > _LONG else shown)

    return FORMULA.sub(text, markdown)
