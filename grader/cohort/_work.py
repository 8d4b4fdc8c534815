"""What a run of the engine has to grade, and what becomes of each result: all questions anew, or some again."""

from typing import Protocol

from grader.cohort._model import Edition
from grader.cohort._store import Store
from grader.course import Course
from grader.results import Result

__all__ = ["Again", "New", "Work"]


class Work(Protocol):
    """What is to be graded."""

    questions: tuple[str, ...] | None  # the only ones that are; None for all

    def waiting(self) -> tuple[list[int], int]:
        """The submissions that wait, and how many there are in all."""
        ...

    def keep(self, number: int, result: Result, cpu_seconds: float, tries: int) -> Result:
        """Keep the result of a submission.

        Returns:
            The result of all its questions.
        """
        ...

    def give_up(
        self, number: int, open_result: Result, cpu_seconds: float, tries: int
    ) -> Result | None:
        """Keep that a submission could not be graded; None where what it had before stays."""
        ...


class New:
    """Submissions that have no result."""

    questions: tuple[str, ...] | None = None

    def __init__(self, store: Store) -> None:
        self._store = store

    def waiting(self) -> tuple[list[int], int]:
        return self._store.waiting(), self._store.counts()[0]

    def keep(self, number: int, result: Result, cpu_seconds: float, tries: int) -> Result:
        self._store.keep(number, result, cpu_seconds, tries)
        return result

    def give_up(
        self, number: int, open_result: Result, cpu_seconds: float, tries: int
    ) -> Result | None:
        return self.keep(number, open_result, cpu_seconds, tries)


class Again:
    """Some questions of submissions that have a result; whatever cannot be graded again stays as it was."""

    def __init__(self, store: Store, course: Course, edition: Edition) -> None:
        self._store, self._course, self._edition = store, course, edition
        self.questions: tuple[str, ...] | None = edition.questions

    def waiting(self) -> tuple[list[int], int]:
        return self._store.waiting_again(self._edition)

    def keep(self, number: int, result: Result, cpu_seconds: float, tries: int) -> Result:
        whole = _with_new(self._store.result_of(number), result, self._course)
        self._store.keep(number, whole, cpu_seconds, tries, self._edition)
        return whole

    def give_up(
        self, number: int, open_result: Result, cpu_seconds: float, tries: int
    ) -> Result | None:
        return None


def _with_new(before: Result, part: Result, course: Course) -> Result:
    """A result with some of its questions replaced."""
    new = {question.id: question for question in part.questions}
    kept = [question for question in before.questions if question.id not in new]
    order = {question.id: number for number, question in enumerate(course.questions)}
    before.questions = sorted([*kept, *new.values()], key=lambda question: order[question.id])
    before.version, before.started = part.version, part.started
    before.settle()
    return before
