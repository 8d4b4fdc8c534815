"""A class of students who do not exist, and what must be said of each: hand-ins with known truth."""

from ._class import write_class
from ._compare import compare, grade_class
from ._platforms import PLATFORMS

__all__ = ["PLATFORMS", "compare", "grade_class", "write_class"]
