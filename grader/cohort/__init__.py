"""A whole class: graded by a pool of processes, each result kept the moment it is known."""

from grader.cohort._begin import begin, receive
from grader.cohort._engine import Progress, grade_cohort
from grader.cohort._model import CohortError, Graded, Settings, Stopped
from grader.cohort._results import json_of
from grader.cohort._size import pool_size
from grader.cohort._store import Store

__all__ = [
    "CohortError",
    "Graded",
    "Progress",
    "Settings",
    "Stopped",
    "Store",
    "begin",
    "grade_cohort",
    "json_of",
    "pool_size",
    "receive",
]
