"""What the grader says: every sentence in French and in English, and in other languages by tables."""

from grader.messages._say import (
    LANGUAGES,
    Language,
    Text,
    default_language,
    heard,
    in_all,
    say,
    speak,
    spoken,
    text_of,
    told,
)
from grader.messages._tables import (
    TableError,
    Typography,
    is_table,
    read_table,
    table_name,
    written_table,
)
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
    "in_all",
    "is_table",
    "no_break",
    "read_table",
    "say",
    "speak",
    "spoken",
    "table_name",
    "text_of",
    "thousands",
    "told",
    "typeset",
    "written_table",
]
