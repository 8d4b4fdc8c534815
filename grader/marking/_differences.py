"""Whose mark a regrade has changed, and by what."""

import dataclasses
from collections.abc import Iterator

from grader.cohort import Edition, Store
from grader.marking._marks import Mark, marks
from grader.marking._policy import Policy

__all__ = ["Change", "Difference", "differences"]


@dataclasses.dataclass(frozen=True)
class Change:
    """The points of a question, before and after; None where they were, or are, open."""

    question: str
    before: float | None
    after: float | None


@dataclasses.dataclass(frozen=True)
class Difference:
    """What a regrade has changed for one student.

    Attributes:
        student: the id.
        name: as people write it.
        changes: of points.
        before: the mark; None where there was none.
        after: the mark.
    """

    student: str
    name: str
    changes: tuple[Change, ...]
    before: float | None
    after: float | None


def differences(store: Store, policy: Policy, edition: Edition) -> Iterator[Difference]:
    """Those whose points or marks are other ones than before a regrade, in the order of their ids.

    Args:
        store: of the cohort.
        policy: the same for before and after.
        edition: the regrade. What later ones have changed is in it too.

    Raises:
        CohortError: as ``marks`` does.
    """
    then, now = marks(store, policy, before=edition.number), marks(store, policy)
    for before, after in zip(then, now, strict=True):
        if not before.questions:  # handed in afterwards
            continue
        changes = tuple(_changes(before, after))
        if changes or before.mark != after.mark:
            graded = after.graded
            yield Difference(graded.student, graded.name, changes, before.mark, after.mark)


def _changes(before: Mark, after: Mark) -> Iterator[Change]:
    old = {question.id: question for question in before.questions}
    for new in after.questions:
        was = old.get(new.id)
        if was is None or (was.score, was.max_score) != (new.score, new.max_score):
            yield Change(new.id, was.score if was else None, new.score)
