"""What the grader says: every sentence in French and in English, and in other languages by tables."""

from grader.messages._say import (
    LANGUAGES,
    Language,
    Text,
    default_language,
    heard,
    say,
    speak,
    spoken,
    text_of,
    told,
)
from grader.messages._tables import TableError, Typography, is_table, read_table, written_table
from grader.messages._typography import decimal, no_break, thousands, typeset

__all__ = [
    "LANGUAGES",
    "Language",
    "TableError",
    "Text",
    "Typography",
    "decimal",
    "default_language",
    "heard",
    "is_table",
    "no_break",
    "read_table",
    "say",
    "speak",
    "spoken",
    "text_of",
    "thousands",
    "told",
    "typeset",
    "written_table",
]
