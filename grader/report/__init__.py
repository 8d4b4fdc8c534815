"""A Result rendered: on a terminal, as JSON, as JUnit XML."""

from grader.report._files import write_file, write_pieces
from grader.report._formula import with_plain_formulas
from grader.report._junit import to_junit
from grader.report._terminal import TerminalReport
from grader.report._told import seconds_text
from grader.report._typeset import GLUE, glued, number, plain, sentence

__all__ = [
    "GLUE",
    "TerminalReport",
    "glued",
    "number",
    "plain",
    "seconds_text",
    "sentence",
    "to_junit",
    "with_plain_formulas",
    "write_file",
    "write_pieces",
]
