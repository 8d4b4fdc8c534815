"""One worker's life: start, calls with a deadline, death and replacement, verdicts.

The worker is never believed: a reply must be a well-formed frame carrying the number of the request, and
deadlines are held here.
"""

from grader.session._faults import Fault, fault_from, printable
from grader.session._session import Session, WorkerNotStarted
from grader.session._workers import Workers

__all__ = ["Fault", "Session", "WorkerNotStarted", "Workers", "fault_from", "printable"]
