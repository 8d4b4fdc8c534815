"""Canvas' export of a gradebook, with one assignment filled in."""

import re
from collections.abc import Iterable
from pathlib import Path

from grader.marking import Mark
from grader.platforms._sheet import Filled, SheetError, fill, read_sheet

__all__ = ["fill_canvas"]

_IDS = ("ID", "SIS User ID", "SIS Login ID")
_ASSIGNMENT = re.compile(r"(.+) \(\d+\)")


def fill_canvas(
    path: Path,
    marks: Iterable[Mark],
    *,
    column: str | None = None,
    decimals: int = 2,
    replace: bool = False,
) -> Filled:
    """Fill in the marks, on the scale that the row "Points Possible" tells.

    Args:
        path: the export, as it was downloaded.
        marks: of a cohort whose students have ids of Canvas, of the SIS, or logins.
        column: the assignment, with or without its number; may be left out where there is only one.
        decimals: of a mark.
        replace: whether a grade that is there already gives way.

    Raises:
        SheetError: for an export without ids, or in which the assignment cannot be told.
    """
    sheet = read_sheet(path)
    ids = [number for name in _IDS if (number := sheet.column((name,))) is not None]
    if not ids:
        raise SheetError(f"sheet (={str(path)!r}) must have one of the columns {', '.join(_IDS)}")
    titles = {n: t.strip() for n, t in enumerate(sheet.rows[0]) if _ASSIGNMENT.fullmatch(t.strip())}
    chosen = [n for n, title in titles.items() if column in (None, title, _bare(title))]
    if len(chosen) != 1:
        known = ", ".join(titles.values()) or "none"
        raise SheetError(
            f"sheet (={str(path)!r}): --column (={column!r}) must name one assignment; there are: {known}"
        )
    possible = next(
        (r for r in sheet.rows[1:] if r[0].strip().casefold() == "points possible"), None
    )
    try:
        limit = float(possible[chosen[0]]) if possible else None
    except ValueError:
        limit = None
    found = {mark.graded.student: mark for mark in marks if mark.mark is not None}

    def cells(row: list[str], student: str) -> dict[int, str]:
        mark = found[student]
        value = mark.mark if limit is None else mark.scaled_to(limit, decimals)
        return {chosen[0]: f"{value:.{decimals}f}"}

    return fill(
        sheet,
        lambda row: [row[number].strip() for number in ids],
        cells,
        chosen[0],
        list(found),
        replace,
    )


def _bare(title: str) -> str:
    match = _ASSIGNMENT.fullmatch(title)
    return match[1] if match else title
