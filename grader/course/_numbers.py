"""Numbers of one's own: constants of a question that are drawn for each student.

A file is the work of a student, and nothing here parses or runs it: its lines are looked at where a statement begins,
as hand-ins are looked at that no worker will ever see.
"""

import dataclasses
import hashlib
import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from grader.course._manifest import Course, Number, Question
from grader.messages import Text, in_all
from grader.text import letters

__all__ = [
    "FORMULA",
    "FileNumbers",
    "NumbersError",
    "number_sets",
    "numbers_of",
    "numbers_text",
    "read_numbers",
    "text_with_numbers",
    "with_numbers",
]

# In Markdown: alone between two dollars on each side, or within a line between one.
FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(?! )([^$\n]+?)(?<! )\$", re.DOTALL)

# What begins a text, opens and closes brackets, is a comment, ends a line or lets it go on.
_SIGN = re.compile(r"\\(?:\r\n|.)|'''|\"\"\"|['\"()\[\]{}]|#[^\r\n]*|\r\n?|\n", re.DOTALL)
_IN_TEXT = {
    quote: re.compile(r"\\(?:\r\n|.)|" + quote + ("" if len(quote) > 1 else r"|\r|\n"), re.DOTALL)
    for quote in ("'", '"', "'''", '"""')
}
_OPENING, _CLOSING = ("(", "[", "{"), (")", "]", "}")
_DEFINES = re.compile(r"(?:async\s+)?(?:def|class)\b")
# Statements that give a name a value without a sign for it, and where the names stand.
_TAKES = re.compile(r"(?P<how>global|del|import|from|for)\b(?P<names>(?:(?!\bin\b).)*)", re.DOTALL)
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][+-]?[0-9]+)?")
_WORDS = re.compile(r"(['\"])([^'\"\\]*)\1")
_LONGEST = 120  # characters of a line that sets a constant


class NumbersError(ValueError):
    """A file of the course in which the numbers of a question do not stand as they must; the message says which."""


@dataclasses.dataclass(frozen=True)
class FileNumbers:
    """What a file says of the numbers of its question.

    Attributes:
        values: of each constant; empty where one of them cannot be taken as it stands.
        written: of those that are written out once, allowed or not.
        problem: why one cannot be taken: the key of a sentence and its facts; None where all can.
    """

    values: Mapping[str, Number]
    written: Mapping[str, Number]
    problem: tuple[str, Mapping[str, str]] | None

    def told(self, file: str) -> Text:
        """The problem in every language; empty where there is none."""
        return in_all(self.problem[0], file=file, **self.problem[1]) if self.problem else {}


def numbers_of(course: Course, question: Question, student: str) -> dict[str, Number]:
    """The numbers that a student works with in a question.

    Each follows from SHA-256 of ``course/question/NAME/student``, the student's id by its letters and digits alone, in
    small letters: as a whole number, most significant byte first, its remainder tells the place among the values. So
    they are the same wherever they are drawn, and anybody can draw them.

    Args:
        course: the course.
        question: the question; without numbers nothing is drawn.
        student: the id, as the roster has it.

    Raises:
        ValueError: for an id without a letter or a digit.
    """
    name = letters(student)
    if not name:
        raise ValueError(f"student (={student!r}) must have a letter or a digit")
    drawn = {}
    for constant, values in question.numbers.items():
        digest = hashlib.sha256(f"{course.id}/{question.id}/{constant}/{name}".encode()).digest()
        drawn[constant] = values[int.from_bytes(digest, "big") % len(values)]
    return drawn


def number_sets(question: Question) -> Iterator[dict[str, Number]]:
    """Every set of numbers that can be drawn, in the manifest's order; one empty set for a question without."""
    for values in itertools.product(*question.numbers.values()):
        yield dict(zip(question.numbers, values, strict=True))


def numbers_text(numbers: Mapping[str, Number]) -> str:
    """``KERNEL = 5, STRIDE = 2``."""
    return ", ".join(f"{name} = {_literal(value)}" for name, value in numbers.items())


def text_with_numbers(text: str, numbers: Mapping[str, Number]) -> str:
    """A text of the course with the number for ``{KERNEL}``; in a formula braces stay, as they hold things together."""
    if not numbers:
        return text
    place = re.compile(r"\{(?:" + "|".join(numbers) + r")\}")

    def filled(found: re.Match[str]) -> str:
        if found[0].startswith("$"):
            return place.sub(lambda one: f"{{{numbers[one[0][1:-1]]}}}", found[0])
        return str(numbers[found[0][1:-1]])

    return re.sub(f"{FORMULA.pattern}|{place.pattern}", filled, text, flags=FORMULA.flags)


def read_numbers(question: Question, content: bytes) -> FileNumbers:
    """The numbers of a file: each a line at its top level that sets the constant to a literal, and the only such place.

    Args:
        question: declares their names and values.
        content: of a student's file, a stub, a solution.
    """
    if not question.numbers:
        return FileNumbers({}, {}, None)
    found = _set_in(question, content.decode("utf-8", "replace"))
    written: dict[str, Number] = {}
    problem: tuple[str, Mapping[str, str]] | None = None
    for name, allowed in question.numbers.items():
        values = ", ".join(map(_literal, allowed))
        facts = {"name": name, "values": values}
        places = found[name]
        if len(places) == 1 and (value := places[0].value) is not None:
            written[name] = value
            if not any(type(value) is type(one) and value == one for one in allowed):
                problem = problem or ("number_foreign", facts | {"value": _literal(value)})
        else:
            problem = problem or ("number_not_plain" if places else "number_missing", facts)
    return FileNumbers({} if problem else written, written, problem)


def with_numbers(question: Question, content: bytes, numbers: Mapping[str, Number]) -> bytes:
    """A file with these numbers in the place of its own; nothing else of it changes.

    Args:
        question: declares them.
        content: of a file in which they can be read.
        numbers: of each constant; one that is left out stays.

    Raises:
        NumbersError: where one of them does not stand as it must.
    """
    if not numbers:
        return content
    text = content.decode("utf-8", "surrogateescape")
    pieces, end = [], 0
    found = _set_in(question, text)
    for name in numbers:
        if len(found[name]) != 1 or found[name][0].value is None:
            raise NumbersError(f"{question.folder}: {name} must be set once, to a literal")
    for place, name in sorted((found[name][0], name) for name in numbers):
        pieces += [text[end : place.begin], _literal(numbers[name])]
        end = place.end
    return "".join([*pieces, text[end:]]).encode("utf-8", "surrogateescape")


def _literal(value: Number) -> str:
    """A value as a line of Python has it; texts have no quotes, by the manifest's rule."""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _value(text: str) -> Number | None:
    """What a literal stands for; None for anything else."""
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    match = _WORDS.fullmatch(text)
    return match[2] if match else None


class _Place(NamedTuple):
    """Where a constant is given a value: that of the literal from ``begin`` to ``end``, None for no literal."""

    begin: int
    end: int
    value: Any


def _set_in(question: Question, text: str) -> dict[str, list[_Place]]:
    """For each constant all places that set it in a module; what functions and classes call alike is their own."""
    found: dict[str, list[_Place]] = {name: [] for name in question.numbers}
    patterns = {name: _patterns(name) for name in found}
    inside: int | None = None  # the indentation of the definition that we are in
    for begin, code in _statements(text):
        code = code.rstrip()
        bare = code.lstrip()
        if not bare:
            continue
        indent = len(code) - len(bare)
        if inside is not None and indent <= inside:
            inside = None
        if inside is None and _DEFINES.match(bare):
            inside = indent
        takes = _TAKES.match(bare)
        for name, (plain, binds, word) in patterns.items():
            how = takes["how"] if takes and word.search(takes["names"]) else ""
            if inside is not None:
                sets = how == "global"
            elif not indent and len(code) <= _LONGEST and (match := plain.fullmatch(code)):
                start, end = (begin + place for place in match.span("literal"))
                found[name].append(_Place(start, end, _value(text[start:end])))
                continue
            else:
                sets = how or binds.search(bare)
            if sets:
                found[name].append(_Place(begin, begin, None))
    return found


def _patterns(name: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A line that sets a constant and does nothing else; code that sets it in some other way; its name."""
    word = rf"(?<![\w.]){name}(?!\w)"
    plain = re.compile(rf"{name}\s*(?::[^=;]*)?=(?!=)\s*(?P<literal>[^;]*?)[\s;]*")
    binds = re.compile(rf"{word}\s*(?::?=(?!=)|(?:\*\*|//|>>|<<|[-+*/%@&|^])=)")
    return plain, binds, re.compile(word)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each logical line with its place, as long as it was: comments are blank, texts and brackets dotted out."""
    begin = at = 1 if text.startswith("\ufeff") else 0
    code: list[str] = []
    opened = 0
    while match := _SIGN.search(text, at):
        sign = match[0]
        between = text[at : match.start()]
        code.append("." * len(between) if opened else between)
        at = _end_of_text(text, match) if sign[0] in "'\"" else match.end()
        if sign[0] in "\r\n" and not opened:
            yield begin, "".join(code)
            code, begin = [], at
            continue
        opened = max(opened + (sign in _OPENING) - (sign in _CLOSING), 0)
        code.append((" " if sign[0] in "#\\\r\n" else ".") * (at - match.start()))
    yield begin, "".join(code) + text[at:]


def _end_of_text(text: str, begun: re.Match[str]) -> int:
    """Where a text ends that has begun; one between single signs ends with its line at the latest."""
    for match in _IN_TEXT[begun[0]].finditer(text, begun.end()):
        if match[0][0] != "\\":
            return match.start() if match[0] in "\r\n" else match.end()
    return len(text)
