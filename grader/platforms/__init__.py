"""What other systems read: a table of marks, Moodle's and Canvas' own sheets filled in, Gradescope's results."""

from grader.platforms._canvas import fill_canvas
from grader.platforms._feedback import Feedback, to_moodle_feedback
from grader.platforms._gradescope import to_gradescope
from grader.platforms._moodle import fill_moodle
from grader.platforms._sheet import Filled, SheetError
from grader.platforms._table import differences_to_table, to_table

__all__ = [
    "Feedback",
    "Filled",
    "SheetError",
    "differences_to_table",
    "fill_canvas",
    "fill_moodle",
    "to_gradescope",
    "to_moodle_feedback",
    "to_table",
]
