"""A Result rendered: on a terminal, as JSON, as JUnit XML."""

from grader.report._files import write_file
from grader.report._junit import to_junit
from grader.report._terminal import TerminalReport
from grader.report._typeset import GLUE, glued, plain

__all__ = ["GLUE", "TerminalReport", "glued", "plain", "to_junit", "write_file"]
