"""Text that someone else wrote, made fit to be printed: nothing in it steers a terminal or turns a line around.

Names of files and folders, what a worker printed, texts of exceptions: whoever chose them may be hostile.
They pass through here before they are shown, on whatever they are shown.  Markup is no matter of the text:
nothing that the grader prints on reads any.
"""

import os
import unicodedata

__all__ = ["for_a_cell", "letters", "one_line", "printable"]

_REPLACEMENT = "\ufffd"
_NAME_CHARACTERS = 4096  # the longest path that Linux takes


def printable(text: str, limit: int | None = None) -> str:
    """The text without control characters, directions and halves of pairs; line ends and tabs stay.

    Args:
        text: from a student, a worker, a file system.
        limit: characters that are kept.
    """
    return "".join(c if _is_harmless(c) else _REPLACEMENT for c in text[:limit])


def one_line(name: str | os.PathLike[str], limit: int = _NAME_CHARACTERS) -> str:
    """A name or a path as one line, in which no line end can begin a forged one.

    Args:
        name: of a file, a folder, a course, as it was given.
        limit: characters that are kept; an ellipsis stands for the rest.
    """
    text = os.fspath(name)
    kept = printable(text, limit).translate({ord("\n"): _REPLACEMENT, ord("\t"): _REPLACEMENT})
    return kept if len(text) <= limit else kept + "…"


def for_a_cell(text: str) -> str:
    """A name that a spreadsheet takes for no formula, whoever chose it."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def letters(text: str) -> str:
    """What is left of a name in whatever way it is written: its letters and digits, small, without accents."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def _is_harmless(character: str) -> bool:
    # Spaces of every width are no controls, although Python calls only one of them printable.
    return character.isprintable() or character in "\n\t" or unicodedata.category(character) == "Zs"
