"""Moodle's grading worksheet ("offline grading worksheet" of an assignment), filled in.

Moodle takes back only the sheet that it gave: its columns, in the language of the site, with its own identifiers. So
ours is that sheet with other cells (mod/assign/feedback/offline/importgradeslib.php of Moodle 4).
"""

import re
from collections.abc import Iterable
from pathlib import Path

from grader.marking import Mark
from grader.platforms._sheet import Filled, SheetError, fill, read_sheet

__all__ = ["fill_moodle"]

_IDENTIFIER = re.compile(r"[^\W\d]+(?:/\w+)?\s*(\d+)")  # "Participant 1234567", in any language
_GRADE = ("Grade", "Note", "Bewertung", "Calificación", "Valutazione", "Beoordeling", "Nota")
_MOST = (
    "Maximum grade",
    "Maximum Grade",
    "Note maximale",
    "Beste Bewertung",
    "Calificación máxima",
)
_FEEDBACK = ("Feedback comments", "Feedback par commentaires", "Feedback als Kommentar")


def fill_moodle(
    path: Path,
    marks: Iterable[Mark],
    *,
    column: str | None = None,
    feedback: str | None = None,
    decimals: int = 2,
    replace: bool = False,
) -> Filled:
    """Fill in the marks, on the scale of the sheet where it tells one, and the points of each question as feedback.

    Args:
        path: the sheet, as it was downloaded.
        marks: of a cohort whose students have Moodle's participant numbers as ids.
        column: the title of the column with the grade; found in six languages.
        feedback: that of the comments; without one that is known no comments are written.
        decimals: of a mark.
        replace: whether a grade that is there already gives way.

    Raises:
        SheetError: for a sheet without identifiers or grades.
    """
    sheet = read_sheet(path)
    grade = sheet.column((column,) if column else _GRADE)
    if grade is None:
        wanted = column or ", ".join(_GRADE)
        raise SheetError(
            f"sheet (={str(path)!r}) must have a column with the grades ({wanted}); it has: "
            f"{', '.join(sheet.rows[0])}. Name it by --column"
        )
    numbers = [
        n for n in range(len(sheet.rows[0])) if _IDENTIFIER.fullmatch(sheet.rows[1][n].strip())
    ]
    if not numbers:
        raise SheetError(f"sheet (={str(path)!r}) must have a column such as `Participant 1234567`")
    most, comments = sheet.column(_MOST), sheet.column((feedback,) if feedback else _FEEDBACK)
    if feedback and comments is None:
        raise SheetError(f"sheet (={str(path)!r}) has no column {feedback!r}")
    found = {mark.graded.student: mark for mark in marks if mark.mark is not None}

    def keys(row: list[str]) -> list[str]:
        matches = (_IDENTIFIER.fullmatch(row[number].strip()) for number in numbers)
        return [match[1] for match in matches if match]

    def cells(row: list[str], student: str) -> dict[int, str]:
        mark = found[student]
        limit = _number(row[most]) if most is not None else None
        value = mark.mark if limit is None else mark.scaled_to(limit, decimals)
        text = f"{value:.{decimals}f}"
        # As the site writes its own numbers.
        if most is not None and "," in row[most]:
            text = text.replace(".", ",")
        written = {grade: text}
        if comments is not None:
            written[comments] = mark.comment
        return written

    return fill(sheet, keys, cells, grade, list(found), replace)


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None
