"""One worker's life: start, calls within a budget, death and replacement, verdicts.

The worker is never believed: a reply must be a well-formed frame carrying the number of the request, and what it takes
is measured here (``_time.py`` says what is charged to whom).
"""

from grader.session._faults import Fault, fault_from
from grader.session._isolated import Isolated
from grader.session._session import Session, WorkerNotStarted
from grader.session._time import QuestionTime, RunTime, call_seconds
from grader.session._workers import SpareWorkers, Workers, sharing

__all__ = [
    "Fault",
    "Isolated",
    "QuestionTime",
    "RunTime",
    "Session",
    "SpareWorkers",
    "WorkerNotStarted",
    "Workers",
    "call_seconds",
    "fault_from",
    "sharing",
]
