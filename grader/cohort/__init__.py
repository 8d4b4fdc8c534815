"""A whole class: graded by processes of this machine or of a cluster, each result kept the moment it is known."""

from grader.cohort._begin import begin, begin_regrade, receive
from grader.cohort._cluster import ClusterPool
from grader.cohort._engine import Progress, grade_cohort, regrade_cohort
from grader.cohort._model import CohortError, Edition, Graded, Settings, Stopped
from grader.cohort._pool import LocalPool, Pool
from grader.cohort._results import cohort_schema, json_of
from grader.cohort._size import pool_size
from grader.cohort._store import Store

__all__ = [
    "ClusterPool",
    "CohortError",
    "Edition",
    "Graded",
    "LocalPool",
    "Pool",
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
