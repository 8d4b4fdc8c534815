"""Hints: levels that say more and more, in which items may be about one function each."""

import re
from collections.abc import Sequence

__all__ = ["function_hints", "functions_with_hints", "hint_levels"]

_LEVEL = re.compile(r"^## \d+\s*$", re.MULTILINE)
_ITEM = re.compile(r"^(?=- )", re.MULTILINE)
_NAMES = re.compile(r"- ((?:`\w+`(?:, )?)+)\s*:")
# What follows an item without being part of it: a line that begins at the margin after an empty one.
_AFTER = re.compile(r"\n\n(?=\S)")


def hint_levels(text: str) -> list[str]:
    """The levels of a file of hints, ``## 1`` first; none where it has no such headings."""
    return [part.strip() for part in _LEVEL.split(text)[1:]]


def functions_with_hints(levels: Sequence[str]) -> list[str]:
    """The functions that have hints of their own, in the order of the text."""
    return list(
        dict.fromkeys(name for level in levels for names, _ in _items(level) for name in names)
    )


def function_hints(levels: Sequence[str], function: str) -> list[str]:
    """The hints about one function, from level to level: the items that begin with its name, ``- `conv2d`: ...``."""
    found = []
    for level in levels:
        if mine := [item for names, item in _items(level) if function in names]:
            found.append("\n\n".join(mine))
    return found


def _items(level: str) -> list[tuple[list[str], str]]:
    """Each item of a list with the functions that it names before its colon."""
    items = []
    for part in _ITEM.split(level):
        if match := _NAMES.match(part):
            items.append((re.findall(r"\w+", match[1]), _AFTER.split(part)[0].strip()))
    return items
