"""The graders, each asked for the same question in the way that its own documentation describes."""

from graders._base import Grader
from graders._gradescope import GradescopeUtils
from graders._nbgrader import NbGrader
from graders._otter import Otter
from graders._ours import Ours
from graders._pytest import Pytest

__all__ = ["ALL", "Grader"]

ALL: tuple[Grader, ...] = (
    Pytest("status"),
    Pytest("report"),
    GradescopeUtils(),
    Otter(),
    NbGrader(),
    Ours(0),
    Ours(1),
    Ours(2),
)
