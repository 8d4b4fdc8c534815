"""Whether a compiled program treats all positions of a grid at once, or visits them one by one."""

from collections.abc import Callable

from grader.checks._agree import Expectation
from grader.checks._program import Program
from grader.messages import in_all

__all__ = ["vectorised"]


def vectorised(
    program_for: Callable[[int, int], Program], *, rows: tuple[int, int], columns: tuple[int, int]
) -> Program:
    """Demand that no loop goes over the positions of a grid, written out or turning.

    The program is had for the four pairs of a number of rows and of columns. What it does for each row, or for
    each column, may grow with that number; what grows with both is done position by position.

    Args:
        program_for: gives the program for so many rows and columns.
        rows: a small number and a larger one.
        columns: likewise.

    Returns:
        The program for the larger numbers.

    Raises:
        Expectation: when there is such a loop, or one whose number of turns the program does not fix.
    """
    (few, many), (narrow, wide) = rows, columns
    smallest, taller, wider, largest = (
        program_for(height, width)
        for height, width in ((few, narrow), (many, narrow), (few, wide), (many, wide))
    )
    for program in (smallest, taller, wider, largest):
        if program.unbounded:
            raise _unmet("loop_without_end", call=program.name)
    with_both = largest.step_count - taller.step_count - wider.step_count + smallest.step_count
    if with_both >= (many - few) * (wide - narrow):
        raise _unmet(
            "loop_over_both",
            call=largest.name,
            small=smallest.step_count,
            rows=few,
            columns=narrow,
            large=largest.step_count,
            more_rows=many,
            more_columns=wide,
        )
    return largest


def _unmet(key: str, **facts: object) -> Expectation:
    return Expectation(in_all(key, **facts), {})
