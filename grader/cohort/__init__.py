"""A whole class: graded by a pool of processes, each result kept the moment it is known."""

from grader.cohort._begin import begin, begin_regrade, receive
from grader.cohort._engine import Progress, grade_cohort, regrade_cohort
from grader.cohort._model import CohortError, Edition, Graded, Settings, Stopped
from grader.cohort._results import cohort_schema, json_of
from grader.cohort._size import pool_size
from grader.cohort._store import Store

__all__ = [
    "CohortError",
    "Edition",
    "Graded",
    "Progress",
    "Settings",
    "Stopped",
    "Store",
    "begin",
    "begin_regrade",
    "cohort_schema",
    "grade_cohort",
    "json_of",
    "pool_size",
    "receive",
    "regrade_cohort",
]
