"""One sentence in one language."""

import locale
import os
from collections.abc import MutableMapping
from typing import Any, Self

from grader.messages._sentences import SENTENCES
from grader.messages._tables import Table
from grader.messages._typography import adopt, decimal, typeset
from grader.text import one_line, printable

__all__ = [
    "LANGUAGES",
    "Language",
    "Text",
    "default_language",
    "heard",
    "in_all",
    "say",
    "speak",
    "spoken",
    "text_of",
    "told",
]

Language = str  # "fr", "en", or the code of a table that was read
LANGUAGES: tuple[Language, ...] = ("fr", "en")  # in which every sentence is written here
Text = dict[str, str]  # one text in each language: {"fr": ..., "en": ...}

_tables: dict[Language, Table] = {}


def spoken() -> tuple[Language, ...]:
    """All languages in which something can be said now: the grader's own, and those of tables."""
    return (*LANGUAGES, *_tables)


def speak(table: Table) -> None:
    """Take a table into use, in place of one of the same language."""
    _tables[table.language] = table
    adopt(table.language, table.typography)


def heard(language: Language | None) -> Language | None:
    """A language that was noted somewhere, if it is spoken here."""
    return language if language in spoken() else None


def default_language() -> Language:
    """The language that the locale names, where it is spoken here; else English."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return _named(value)
    return _named(locale.getlocale()[0] or "")


def _named(value: str) -> Language:
    return next((one for one in spoken() if value.lower().startswith(one)), "en")


def text_of(fr: str, en: str, keywords: MutableMapping[str, Any]) -> Text:
    """A text as a course declares it: ``fr=``, ``en=``, and the language of a table, such as ``de=``.

    Args:
        fr: in French; empty in a course without it.
        en: in English; likewise.
        keywords: the other keyword arguments of the declaration; those that are languages are taken out.
    """
    others = {one: str(keywords.pop(one)) for one in _tables if one in keywords}
    return {"fr": typeset(fr, "fr"), "en": en, **others}


def told(text: Text, language: Language) -> str:
    """A text of a course in one language; of a course that is not written in it, in one that it is written in."""
    return text.get(language) or text.get("en") or next(filter(None, text.values()), "")


def say(key: str, language: Language, /, **facts: object) -> str:
    """One sentence; ``facts`` fill its places, and a ``count`` of 1 takes the singular where there is one.

    Nothing in a fact steers a terminal afterwards, and a path is one line, whatever it is called.

    Raises:
        KeyError: for a language that is not spoken here.
    """
    if facts.get("count") == 1 and f"{key}_one" in SENTENCES:
        key = f"{key}_one"
    facts = {name: _shown(fact, language) for name, fact in facts.items()}
    return typeset(_sentence(key, language), language).format(**facts)


def in_all(key: str, /, **facts: object) -> Text:
    """One sentence in every language that is spoken here."""
    return {language: say(key, language, **facts) for language in spoken()}


def _sentence(key: str, language: Language) -> str:
    if language in LANGUAGES:
        return SENTENCES[key][LANGUAGES.index(language)]
    if language not in _tables:
        known = ", ".join(spoken())
        raise KeyError(f"language (={language!r}) must be one of {known}: a course's table adds it")
    return _tables[language].sentences.get(key) or SENTENCES[key][LANGUAGES.index("en")]


class _Rounded(float):
    """A number that a sentence rounds (``{score:g}``), with the decimal mark of its language."""

    def __new__(cls, value: float, language: Language) -> Self:
        made = super().__new__(cls, value)
        made.language = language
        return made

    language: Language

    def __format__(self, spec: str) -> str:
        text = super().__format__(spec)
        return decimal(text, self.language) if spec else text


def _shown(fact: object, language: Language) -> object:
    """A fact as a sentence may hold it, whoever chose the name or wrote the text."""
    if isinstance(fact, os.PathLike):
        return one_line(fact)
    if isinstance(fact, float):
        return _Rounded(fact, language)
    return printable(fact) if isinstance(fact, str) else fact
