"""A language that is not built in: a table of sentences in a TOML file, written by whoever speaks it.

A sentence may only name the facts that the grader's own one names, written in the same way, so that no table can fail
while something is graded, or reach what it is not given.
"""

import dataclasses
import json
import re
import string
from collections.abc import Mapping
from pathlib import Path

from grader.messages._sentences import SENTENCES
from grader.text import one_line

__all__ = [
    "Table",
    "TableError",
    "Typography",
    "is_table",
    "read_table",
    "table_name",
    "written_table",
]

_NAME = re.compile(r"^messages\.([a-z]{2,3})\.toml$")
_MOST_BYTES = 2**20
_HEAD = """\
# What the grader says in "{language}". `key = "..."` is a sentence; the comment above it is the grader's own, whose
# {{places}} must all come again, in any order. What has no sentence here is said in English.

[typography]
decimal = {decimal}
thousands = {thousands}

[sentences]
"""


class TableError(ValueError):
    """A table that cannot be used; the message names the file, the key and the rule."""


@dataclasses.dataclass(frozen=True)
class Typography:
    """How a language writes numbers.

    Attributes:
        decimal: what stands before the decimals.
        thousands: what stands between groups of three digits.
    """

    decimal: str = "."
    thousands: str = ","


@dataclasses.dataclass(frozen=True)
class Table:
    """One language.

    Attributes:
        language: its code in ISO 639, such as "de".
        sentences: by key; what is missing is said in English.
        typography: how it writes numbers.
    """

    language: str
    sentences: Mapping[str, str]
    typography: Typography = Typography()

    @property
    def missing(self) -> list[str]:
        """Keys of the sentences that are still said in English."""
        return [key for key in SENTENCES if key not in self.sentences]


def table_name(language: str) -> str:
    """How the file of a language's table is called."""
    return f"messages.{language}.toml"


def is_table(path: Path) -> bool:
    """Whether a file has the name of a table: of a language that is not the grader's own."""
    found = _NAME.match(path.name)
    return found is not None and found[1] not in ("fr", "en")


def read_table(path: Path) -> Table:
    """Read ``messages.<code>.toml``.

    Args:
        path: of the file; its name says the language.

    Raises:
        TableError: for a file that is no such table, or a sentence that the grader could not say.
        OSError: for one that cannot be read.
    """
    import tomllib

    name = one_line(path)
    if not is_table(path):
        raise TableError(
            f"{name}: the name must be messages.<code>.toml with a code of ISO 639 that is not fr or en, such as "
            "messages.de.toml"
        )
    language = path.name.split(".")[1]
    content = path.read_bytes()
    if len(content) > _MOST_BYTES:
        raise TableError(f"{name}: it has more than {_MOST_BYTES} bytes")
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TableError(f"{name}: {error}") from error
    if strange := [one_line(key) for key in data if key not in ("sentences", "typography")]:
        raise TableError(f"{name}: it may hold [typography] and [sentences], not {strange}")
    sentences = _texts(name, "sentences", data.get("sentences", {}))
    for key, sentence in sentences.items():
        if why := _unsayable(key, sentence):
            raise TableError(f"{name}: the sentence {one_line(key)!r} {why}")
    signs = _texts(name, "typography", data.get("typography", {}))
    known = [field.name for field in dataclasses.fields(Typography)]
    for key, sign in signs.items():
        if key not in known:
            raise TableError(f"{name}: typography has {known}, not {one_line(key)!r}")
        if len(sign) > 1 or not (sign.isprintable() or sign in "\u00a0\u202f"):
            raise TableError(f"{name}: typography.{key} (={sign!r}) must be one character, or none")
    return Table(language, sentences, Typography(**signs))


def written_table(language: str, table: Table | None = None) -> str:
    """The text of a table that holds what is there already, and every other sentence as a comment to be translated.

    Args:
        language: its code.
        table: what is there already.
    """
    typography = table.typography if table else Typography()
    kept = table.sentences if table else {}
    signs = {name: _toml(getattr(typography, name)) for name in ("decimal", "thousands")}
    lines = [_HEAD.format(language=language, **signs)]
    for key, (_, english) in SENTENCES.items():
        lines.append(f"# {key} = {_toml(english)}")
        if key in kept:
            lines.append(f"{key} = {_toml(kept[key])}")
    return "\n".join(lines) + "\n"


def _texts(name: str, part: str, given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        raise TableError(f"{name}: [{part}] must be a table of texts")
    for key, text in given.items():
        if not isinstance(text, str):
            raise TableError(
                f"{name}: {part}.{one_line(key)} (={one_line(str(text))!r}) must be a text"
            )
    return given


def _unsayable(key: str, sentence: str) -> str:
    """Why the grader cannot say a sentence in place of its own; nothing when it can."""
    if key not in SENTENCES:
        return "is none of the grader's"
    try:
        places = _places(sentence)
    except ValueError as error:
        return f"has braces that do not pair up: {error}"
    own = [_places(one) for one in SENTENCES[key]]
    known = own[0] | own[1]
    if strange := sorted(places - known):
        return (
            f"has the place {strange[0]}, which must be one of {', '.join(sorted(known)) or 'none'}"
        )
    if missing := sorted((own[0] & own[1]) - places):
        return f"lacks the place {missing[0]}"
    return "" if sentence.strip() or not SENTENCES[key][1].strip() else "is empty"


def _places(sentence: str) -> set[str]:
    """The places of a sentence, as they are written: ``{seconds:g}``."""
    parts = string.Formatter().parse(sentence)
    return {
        "{" + field + (f"!{conversion}" if conversion else "") + (f":{how}" if how else "") + "}"
        for _, field, how, conversion in parts
        if field is not None
    }


def _toml(text: str) -> str:
    """A text as TOML and JSON both write it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
