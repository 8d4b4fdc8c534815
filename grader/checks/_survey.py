"""More evidence before a mistake is named: the check goes on after its first wrong answer, on further cases.

A check ends at its first wrong answer, often the very first case of all. There a function that always answers the same
agrees with many a known mistake by chance, and a false name is worse than none.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from grader.checks._release import release

if TYPE_CHECKING:
    from grader.checks._student import Student
    from grader.session import QuestionTime

__all__ = ["CALLS", "MANY_CALLS", "Survey", "Tells", "survey"]

CALLS = 30
MANY_CALLS = 120  # to see when a function is right
_SECONDS = 0.1  # a function that takes longer for one call is not asked again
_FEW = 5  # of so few calls the first one's compilation may be most of it:
_FIRST_SECONDS = 1.0  # then this is asked for instead,
_ENOUGH_SECONDS = 2.5  # and no more of them after this
_MANY_SECONDS = 0.02  # nor one that takes longer than this, so many times,
_LARGE = 4 * 2**20  # bytes of answers, beyond which there are no more than needed
_LONGEST = 1.0  # for longer than this in all: somebody waits for the verdict
_CONSIDERING_SECONDS = 0.5  # of this process, for the search of cases that tell mistakes apart
_CASES_FOR_ONE = 4
Tells = Callable[[str, list[list[Any]], tuple, dict[str, Any]], bool]


class Survey:
    """How many more answers are wanted; while there is one, a wrong answer is noted and does not end the check."""

    def __init__(self, calls: int, time: "QuestionTime", tells: Tells | None = None) -> None:
        self.calls, self._time, self._tells = calls, time, tells
        self.cases = calls * (1 if tells is None else _CASES_FOR_ONE)  # to draw at most
        self._considering = 0.0

    def wants(
        self, function: str, steps: list[list[Any]], args: tuple, kwargs: dict[str, Any]
    ) -> bool:
        """Whether the answer to a call is wanted.

        Raises:
            _Answered: when too many had to be considered.
        """
        if self._tells is None:
            return True
        begin = time.process_time()
        wanted = self._tells(function, steps, args, kwargs)
        self._considering += time.process_time() - begin
        if self._considering > _CONSIDERING_SECONDS:
            raise _Answered
        return wanted

    def noted(self) -> None:
        """One more answer has come.

        Raises:
            _Answered: when there are enough of them.
        """
        self.calls -= 1
        if self.calls <= 0 or self._time.spent > _ENOUGH_SECONDS:
            raise _Answered


class _Answered(BaseException):
    """Ends a survey; not an Exception, so Hypothesis lets it pass."""


def survey(
    student: "Student",
    check: Callable[[], None],
    seconds: float,
    calls: int = CALLS,
    tells: Tells | None = None,
) -> None:
    """Run a failed check once more to see more answers, right or wrong, in ``student._attempts``.

    Args:
        student: the proxy that the check uses.
        check: runs it, on fresh draws.
        seconds: own time of the student's code until it failed: a busy machine must not change what is said.
        calls: how many answers to ask for at most.
        tells: which of them are wanted, by the function, its transformations and arguments; all by default.
    """
    each = seconds / max(len(student._attempts), 1)
    if calls > CALLS and student._attempts.size > _LARGE:
        return
    if each > (_longest_call(len(student._attempts)) if calls <= CALLS else _MANY_SECONDS):
        return
    if calls > CALLS and each:
        calls = min(calls, int(_LONGEST / each))
    with _going_on(student, calls, tells):
        try:
            check()
        except (_Answered, Exception) as end:  # the verdict stands, whatever comes of this
            release(end)


def _longest_call(tried: int) -> float:
    """What a call may take on average, after so many of them."""
    return _FIRST_SECONDS if tried < _FEW else _SECONDS


@contextlib.contextmanager
def _going_on(student: "Student", calls: int, tells: Tells | None) -> Iterator[None]:
    try:
        # What is asked for a message must not cost the check that follows its time, or its worker.
        with student._apart():
            student._survey = Survey(calls, student._time, tells)
            yield
    finally:
        student._survey = None
