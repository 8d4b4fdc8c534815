"""From results to marks: what an instructor decides lies in one file, and nothing is graded again."""

from grader.marking._differences import Change, Difference, differences
from grader.marking._late import Lateness
from grader.marking._marks import Mark, QuestionMark, marks
from grader.marking._policy import Late, Manual, Policy, PolicyError, read_policy

__all__ = [
    "Change",
    "Difference",
    "Late",
    "Lateness",
    "Manual",
    "Mark",
    "Policy",
    "PolicyError",
    "QuestionMark",
    "differences",
    "marks",
    "read_policy",
]
