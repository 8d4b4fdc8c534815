"""Marks as a table: a row for each student, a column for each question."""

import csv
import io
from collections.abc import Iterable, Sequence

from grader.marking import Difference, Mark
from grader.text import for_a_cell

__all__ = ["differences_to_table", "to_table"]

_HOW = ("handed_in", "late_percent", "hand_in")


def to_table(marks: Iterable[Mark], questions: Sequence[str]) -> bytes:
    """CSV in UTF-8: who, the mark, how it came about, then the points of each question.

    What is open, or was never handed in, is an empty cell, not a 0. ``late_percent`` is what was taken off, and
    ``hand_in`` which of the student's hand-ins counts.
    """
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(
        ["id", "name", "verdict", "mark", "total", "score", "max_score", *_HOW, *questions]
    )
    for mark in marks:
        points = {question.id: _number(question.score) for question in mark.questions}
        writer.writerow(
            [
                for_a_cell(mark.graded.student),
                for_a_cell(mark.graded.name),
                _verdict(mark),
                *map(_number, (mark.mark, mark.total or None, mark.score, mark.max_score or None)),
                "" if mark.handed_in is None else mark.handed_in.isoformat(timespec="seconds"),
                "" if mark.late is None else _number(mark.late.percent),
                f"{mark.hand_in[0]} / {mark.hand_in[1]}" if mark.hand_in[1] > 1 else "",
                *(points.get(question, "") for question in questions),
            ]
        )
    return made.getvalue().encode("utf-8")


def differences_to_table(found: Iterable[Difference]) -> bytes:
    """CSV in UTF-8: a row for each question of a student that has changed, with the marks before and after."""
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(["id", "name", "question", "before", "after", "mark_before", "mark_after"])
    for one in found:
        rows = [(c.question, _number(c.before), _number(c.after)) for c in one.changes]
        for row in rows or [("", "", "")]:
            who, mark = (for_a_cell(one.student), for_a_cell(one.name)), (one.before, one.after)
            writer.writerow([*who, *row, *map(_number, mark)])
    return made.getvalue().encode("utf-8")


def _verdict(mark: Mark) -> str:
    """Open points that a person has settled are open no more."""
    return "graded" if mark.mark is not None else mark.graded.verdict


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
