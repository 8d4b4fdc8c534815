"""How late something is, and what that costs; who has no known time is never late."""

import dataclasses
import datetime
import math

from grader.marking._policy import Late

__all__ = ["Lateness", "lateness"]

_PERIODS = {"day": datetime.timedelta(days=1), "hour": datetime.timedelta(hours=1)}


@dataclasses.dataclass(frozen=True)
class Lateness:
    """By how much something is late.

    Attributes:
        by: after the due date, extensions included.
        percent: what that takes off, of what the policy says.
        closed: whether it came after the closing date.
    """

    by: datetime.timedelta
    percent: float
    closed: bool = False


def lateness(late: Late, student: str, at: datetime.datetime) -> Lateness | None:
    """How late a student's hand-in is; None for one in time, and within the grace.

    Args:
        late: the policy.
        student: the id.
        at: when, with its offset.
    """
    due = late.moment(late.due, "late.due")
    given = due
    if (extension := late.extensions.get(student)) is not None:
        given = late.moment(extension, f"late.extensions.{student}")
    by = at - given
    if late.closes is not None and by > late.moment(late.closes, "late.closes") - due:
        return Lateness(by, 100.0, closed=True)
    if by <= datetime.timedelta(minutes=late.grace) or by <= datetime.timedelta():
        return None
    percent = min(math.ceil(by / _PERIODS[late.per]) * late.percent, late.at_most)
    return Lateness(by, percent)
