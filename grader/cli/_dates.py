"""When students work on a question: what is said of one that is not open yet, or closed.

In a folder of one's own this is a courtesy: the clock is the student's. Who marks goes by when work was handed in.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from grader.cli._output import tell
from grader.cli._usage import UsageError
from grader.messages import Language, say

if TYPE_CHECKING:
    from grader.course import Course, Question

__all__ = ["moment", "now", "require_open", "those_open"]


def now() -> datetime.datetime:
    """This moment."""
    return datetime.datetime.now(datetime.UTC)


def moment(when: datetime.datetime) -> str:
    """A moment in the reader's time."""
    return f"{when.astimezone():%Y-%m-%d %H:%M}"


def require_open(question: "Question", language: Language) -> None:
    """Refuse one that is not open yet.

    Raises:
        UsageError: for such a question.
    """
    if question.opens and question.at(now()) == "early":
        when = moment(question.opens)
        raise UsageError(say("opens", language, questions=question.id, when=when))


def those_open(course: "Course", chosen: Sequence[str], language: Language) -> "Sequence[Question]":
    """The questions to work on; of the others, and of what has closed, it is told when that was or will be.

    Args:
        course: the course.
        chosen: ids that were asked for; all by default.
        language: of what is told.

    Raises:
        UsageError: when one was asked for that is not open yet, or none is.
    """
    asked = [course.question(name) for name in chosen] or list(course.questions)
    for question in asked if chosen else ():
        require_open(question, language)
    early = [question for question in asked if question.at(now()) == "early"]
    closed = [question for question in asked if question.at(now()) == "closed"]
    _tell("opens", ((question, question.opens) for question in early), language)
    _tell("closed", ((question, question.closes) for question in closed), language)
    found = [question for question in asked if question not in early]
    if not found:
        raise UsageError(say("nothing_open", language))
    return found


def _tell(
    key: str,
    dates: "Iterable[tuple[Question, datetime.datetime | None]]",
    language: Language,
) -> None:
    """One line for each moment."""
    at: dict[datetime.datetime, list[str]] = {}
    for question, when in dates:
        if when is not None:
            at.setdefault(when, []).append(question.id)
    for when, names in at.items():
        tell(say(key, language, questions=", ".join(names), when=moment(when)), style="yellow")
