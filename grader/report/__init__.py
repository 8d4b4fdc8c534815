"""A Result rendered: on a terminal, as JSON, as JUnit XML."""

from grader.report._files import write_file, write_pieces
from grader.report._formula import formula_text, with_formulas_as_text
from grader.report._junit import to_junit
from grader.report._terminal import TerminalReport
from grader.report._told import seconds_text
from grader.report._typeset import GLUE, glued, number, plain, sentence

__all__ = [
    "GLUE",
    "TerminalReport",
    "formula_text",
    "glued",
    "number",
    "plain",
    "seconds_text",
    "sentence",
    "to_junit",
    "with_formulas_as_text",
    "write_file",
    "write_pieces",
]
