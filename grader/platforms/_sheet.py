"""A table that another system made, whose marks are filled in; all else stays as it was."""

import codecs
import csv
import dataclasses
import io
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["Filled", "Sheet", "SheetError", "fill", "read_sheet"]


class SheetError(ValueError):
    """A sheet that cannot be filled in; the message says what is missing and how to name it."""


@dataclasses.dataclass(frozen=True)
class Filled:
    """A sheet with marks.

    Attributes:
        content: the file.
        filled: how many marks were written.
        kept: rows that had another mark, which stays.
        unknown: students with a mark whom the sheet does not have.
    """

    content: bytes
    filled: int
    kept: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclasses.dataclass
class Sheet:
    """Rows of cells, the header first, and how the file was written."""

    rows: list[list[str]]
    delimiter: str
    line_end: str
    mark: bool

    def column(self, names: Sequence[str]) -> int | None:
        """The first column with one of these titles, whatever their case."""
        titles = [title.strip().casefold() for title in self.rows[0]]
        return next((titles.index(n.casefold()) for n in names if n.casefold() in titles), None)

    def to_bytes(self) -> bytes:
        made = io.StringIO(newline="")
        writer = csv.writer(made, delimiter=self.delimiter, lineterminator=self.line_end)
        writer.writerows(self.rows)
        return (codecs.BOM_UTF8 if self.mark else b"") + made.getvalue().encode("utf-8")


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file in UTF-8.

    Raises:
        SheetError: when it cannot be read or has no rows.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SheetError(f"sheet (={str(path)!r}) cannot be read: {why}") from error
    except UnicodeDecodeError:
        raise SheetError(
            f"sheet (={str(path)!r}) must be CSV in UTF-8, as it was downloaded; a program has changed it"
        ) from None
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise SheetError(f"sheet (={str(path)!r}) is no CSV file: {error}") from error
    if len(rows) < 2:
        raise SheetError(f"sheet (={str(path)!r}) must have a header and a row for each student")
    for row in rows:
        row += [""] * (len(rows[0]) - len(row))
    line_end = "\r\n" if head.endswith("\r") else "\n"
    return Sheet(rows, delimiter, line_end, content.startswith(codecs.BOM_UTF8))


def fill(
    sheet: Sheet,
    keys: Callable[[list[str]], Sequence[str]],
    cells: Callable[[list[str], str], dict[int, str]],
    column: int,
    students: Sequence[str],
    replace: bool,
) -> Filled:
    """Fill in what is known of each row's student.

    Args:
        sheet: is changed.
        keys: the ids that a row has.
        cells: for a row and its student the texts to write, by column.
        column: where the mark is.
        students: who has a mark.
        replace: whether a mark that is there already gives way.
    """
    left, filled, kept = dict.fromkeys(students), 0, []
    for row in sheet.rows[1:]:
        student = next((key for key in keys(row) if key in left), None)
        if student is None:
            continue
        del left[student]
        written = cells(row, student)
        before = row[column].strip()
        if before and not replace and not _equal(before, written[column]):
            kept.append(student)
            continue
        filled += 1
        for number, text in written.items():
            row[number] = text
    return Filled(sheet.to_bytes(), filled, tuple(kept), tuple(left))


def _equal(one: str, other: str) -> bool:
    try:
        return float(one.replace(",", ".")) == float(other.replace(",", "."))
    except ValueError:
        return one == other
