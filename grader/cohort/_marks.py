"""From results to marks: scaled, with what a person decided; nothing is graded again."""

import dataclasses
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from grader.cohort._model import CohortError, Graded
from grader.cohort._store import Store
from grader.results import Result

__all__ = ["Mark", "Policy", "QuestionMark", "marks", "read_policy"]


class Manual(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person gave for a question, in place of what was graded.

    Attributes:
        points: from 0 to what the question is worth.
        comment: for the student.
    """

    points: Annotated[float, msgspec.Meta(ge=0)]
    comment: str = ""


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How marks are made of points.

    Attributes:
        total: what full points give; the sum of the questions' points by default.
        decimals: of the mark.
        manual: by student and question.
    """

    total: Annotated[float, msgspec.Meta(gt=0)] | None = None
    decimals: Annotated[int, msgspec.Meta(ge=0, le=6)] = 2
    manual: dict[str, dict[str, Manual]] = {}


@dataclasses.dataclass(frozen=True)
class QuestionMark:
    """The points of one question; ``score`` is None while they are open."""

    id: str
    title: str
    score: float | None
    max_score: float
    comment: str = ""


@dataclasses.dataclass(frozen=True)
class Mark:
    """What one student gets.

    Attributes:
        graded: the submission and its result.
        questions: in the course's order; empty where there is no result.
        score: sum of the points; None where a question is open, or nothing was graded.
        max_score: of these questions.
        mark: the score on the scale of the policy.
        total: what full points give.
    """

    graded: Graded
    questions: tuple[QuestionMark, ...]
    score: float | None
    max_score: float
    mark: float | None
    total: float

    @property
    def comment(self) -> str:
        """The points of each question, and what a person wrote, in a line each."""
        lines = []
        for one in self.questions:
            score = "–" if one.score is None else f"{one.score:g}"
            lines.append(f"{one.id}  {score} / {one.max_score:g}  {one.comment}".strip())
        return "\n".join(lines)

    def scaled_to(self, total: float, decimals: int) -> float | None:
        """The mark on another scale."""
        if self.score is None or self.max_score == 0:
            return None
        return round(self.score / self.max_score * total, decimals)


def read_policy(path: Path) -> Policy:
    """Read a TOML file, such as ``total = 20`` and ``[manual.ada.q05]`` with ``points = 2``.

    Raises:
        CohortError: when it cannot be read or has a key that is not known.
    """
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Policy)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise CohortError(f"policy (={str(path)!r}) cannot be read: {why}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise CohortError(f"policy (={str(path)!r}): {error}") from error


def marks(store: Store, policy: Policy) -> Iterator[Mark]:
    """The mark of each student, in the order of their ids.

    Raises:
        CohortError: for a store in which no cohort has begun; for points of a person that belong to no student or
            question, or are more than the question is worth.
    """
    if store.settings() is None:
        raise CohortError("no cohort has begun in this store")
    left = {student: dict(questions) for student, questions in policy.manual.items()}
    for graded in store.graded():
        given = left.pop(graded.student, {})
        yield _mark(graded, given, policy)
    if left:
        raise CohortError(f"policy: manual names {sorted(left)[0]!r}, who handed in nothing here")


def _mark(graded: Graded, given: Mapping[str, Manual], policy: Policy) -> Mark:
    questions = _questions(graded, given)
    known = {question.id for question in questions}
    if unknown := set(given) - known:
        names = ", ".join(known) or "none"
        raise CohortError(
            f"policy: manual.{graded.student} names {sorted(unknown)[0]!r}; graded questions: {names}"
        )
    max_score = round(sum(question.max_score for question in questions), 6)
    scores = [question.score for question in questions]
    score = round(sum(s for s in scores if s is not None), 6)
    whole = bool(questions) and None not in scores
    total = policy.total or max_score
    made = Mark(graded, questions, score if whole else None, max_score, None, total)
    return dataclasses.replace(made, mark=made.scaled_to(total, policy.decimals))


def _questions(graded: Graded, given: Mapping[str, Manual]) -> tuple[QuestionMark, ...]:
    if not graded.result:
        return ()
    made = []
    for question in Result.from_json(graded.result).questions:
        score = None if question.ungraded else question.score
        comment = ""
        if (manual := given.get(question.id)) is not None:
            if manual.points > question.max_score:
                raise CohortError(
                    f"policy: manual.{graded.student}.{question.id}.points (={manual.points:g}) must be at most "
                    f"{question.max_score:g}"
                )
            score, comment = manual.points, manual.comment
        made.append(QuestionMark(question.id, question.title, score, question.max_score, comment))
    return tuple(made)
