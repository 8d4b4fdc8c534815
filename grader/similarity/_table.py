"""Pairs as a table."""

import csv
import io
from collections.abc import Iterable

from grader.similarity._pairs import Pair
from grader.text import for_a_cell

__all__ = ["pairs_to_table"]


def pairs_to_table(pairs: Iterable[Pair]) -> bytes:
    """CSV in UTF-8: a row for each pair to look at, with the lines on which to begin."""
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(
        [
            *("question", "likeness", "shared", "only_theirs"),
            *("id", "name", "lines", "other_id", "other_name", "other_lines"),
        ]
    )
    for pair in pairs:
        row: list[object] = [pair.question, f"{pair.likeness:.2f}", pair.shared, pair.only_theirs]
        for code, (first, last) in zip((pair.one, pair.other), pair.lines, strict=True):
            row += [for_a_cell(code.student), for_a_cell(code.name), f"{first}-{last}"]
        writer.writerow(row)
    return made.getvalue().encode("utf-8")
