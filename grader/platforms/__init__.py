"""What other systems read: tables and sheets of marks, results in the forms of Gradescope, Classroom 50 and VPL."""

from grader.platforms._canvas import fill_canvas
from grader.platforms._classroom50 import to_classroom50
from grader.platforms._feedback import Feedback, to_moodle_feedback
from grader.platforms._gradescope import to_gradescope
from grader.platforms._moodle import fill_moodle
from grader.platforms._sheet import Filled, SheetError
from grader.platforms._table import differences_to_table, to_table
from grader.platforms._vpl import to_vpl

__all__ = [
    "Feedback",
    "Filled",
    "SheetError",
    "differences_to_table",
    "fill_canvas",
    "fill_moodle",
    "to_classroom50",
    "to_gradescope",
    "to_moodle_feedback",
    "to_table",
    "to_vpl",
]
