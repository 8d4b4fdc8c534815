"""Every text that comes of an answer is bounded here, before it reaches a result: characters, lines, what they are.

Whatever makes a text (a message, a counterexample, what was printed, a log) keeps it short where it can; this is the
gate that nothing passes around, so that reports stay small whatever a submission answers.
"""

import unicodedata
from typing import NamedTuple

from grader.messages import Language, say, thousands
from grader.results import CheckResult, Counterexample
from grader.text import printable

__all__ = ["ANSWER", "bound_texts", "bounded", "last_lines"]


class Bound(NamedTuple):
    """How long a text may be."""

    characters: int
    lines: int


MESSAGE = Bound(4_000, 60)
CALL = Bound(6_000, 120)  # several pictures
VALUE = Bound(4_000, 60)  # one
DIFFERENCE = Bound(600, 6)
LOG = Bound(4_000, 100)
ANSWER = Bound(20_000, 1_000)  # the text that a question asks for
_PRINTED = Bound(160, 10)  # characters of a line
_STACKED = 3  # marks on one letter; more of them run over the lines above and below


def bound_texts(result: CheckResult, language: Language) -> None:
    """Bound every text of a result that may hold something of a submission's."""
    result.message = bounded(result.message, MESSAGE, language)
    if isinstance(result.log, str):
        result.log = bounded(result.log, LOG, language)
    if (example := result.counterexample) is not None:
        values = (
            text and bounded(text, bound, language)
            for text, bound in (
                (example.got, VALUE),
                (example.expected, VALUE),
                (example.difference, DIFFERENCE),
            )
        )
        result.counterexample = Counterexample(bounded(example.call, CALL, language), *values)


def bounded(text: str, bound: Bound, language: Language) -> str:
    """The text, fit to be printed; where it is too long its beginning, and how much was left out."""
    lines = text[: bound.characters].split("\n", bound.lines)
    kept = "\n".join(lines[: bound.lines])
    left_out = len(text) - len(kept)
    kept = _unstacked(printable(kept))
    if not left_out:
        return kept
    return f"{kept} {say('left_out', language, number=thousands(left_out, language))}"


def last_lines(printed: str, language: Language) -> str:
    """The last lines of what the student's code printed, marked as such."""
    lines = printed.splitlines()
    shown = [
        line[: _PRINTED.characters] + "…" * (len(line) > _PRINTED.characters) for line in lines
    ]
    if len(lines) > _PRINTED.lines:
        shown = ["…", *shown[-_PRINTED.lines :]]
    return "".join([say("your_output", language), *(f"\n  | {line}" for line in shown)])


def _unstacked(text: str) -> str:
    """The text without the marks that are one too many on their letter."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _STACKED:
            kept.append(character)
    return "".join(kept)
