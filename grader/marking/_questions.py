"""What each question of a student counts for: what was graded, what a person gave, what the policy makes of it."""

import dataclasses
from collections.abc import Sequence
from fractions import Fraction

import msgspec

from grader.cohort import Graded
from grader.marking._policy import Manual, Points, Policy, PolicyError
from grader.messages import Language, say

__all__ = ["QuestionMark", "Told", "ToldCheck", "ToldQuestion", "check_name", "counted", "told_of"]


class ToldCheck(msgspec.Struct, frozen=True):
    """Of a check's result what marks are made of."""

    id: str
    title: str
    verdict: str
    points: float
    max_points: float

    @property
    def open(self) -> bool:
        return self.verdict in ("not_graded", "grader_error")


class ToldQuestion(msgspec.Struct, frozen=True):
    """Of a question's result what marks are made of."""

    id: str
    title: str
    max_score: float
    answer_text: str | None = None
    checks: tuple[ToldCheck, ...] = ()


class Told(msgspec.Struct, frozen=True):
    """Of a result what marks are made of; all else of it, pictures of cases above all, is not even decoded."""

    questions: tuple[ToldQuestion, ...] = ()


@dataclasses.dataclass(frozen=True)
class QuestionMark:
    """The points of one question.

    Attributes:
        id: of the question.
        title: of the question.
        score: None while it is open.
        max_score: what it has points for, those of the answer in words included.
        comment: what a person wrote.
        worth: what full points of it count for.
        bonus: whether it can only add.
        dropped: whether it is left out as one of the lowest.
    """

    id: str
    title: str
    score: float | None
    max_score: float
    comment: str = ""
    worth: float = 0.0
    bonus: bool = False
    dropped: bool = False
    note: str = ""

    @property
    def counts(self) -> bool:
        return self.worth > 0 and not self.dropped

    @property
    def share(self) -> Fraction | None:
        """Of full points."""
        if self.score is None:
            return None
        return Fraction(repr(self.score)) / Fraction(repr(self.max_score))

    @property
    def line(self) -> str:
        """All of it in a line of text, a line for each further comment."""
        score = "–" if self.score is None else f"{self.score:g}"
        head = f"{self.id}  {score} / {self.max_score:g}"
        return "  ".join(filter(None, (head, self.note, self.comment)))


def told_of(graded: Graded) -> tuple[ToldQuestion, ...]:
    """The questions of a result; none where there is no result."""
    return msgspec.json.decode(graded.result, type=Told).questions if graded.result else ()


def check_name(question: str, name: str) -> str:
    """The id of a check that may have been named without its question."""
    return name if name.startswith(f"{question}.") else f"{question}.{name}"


def counted(
    graded: Graded, policy: Policy, ungraded: Sequence[ToldQuestion], language: Language
) -> tuple[QuestionMark, ...]:
    """The questions of a hand-in, in the course's order.

    Args:
        graded: the hand-in.
        policy: what a person decided.
        ungraded: the questions of a hand-in without a result; they are open but for what a person gave.
        language: of the notes.

    Raises:
        PolicyError: for points beyond what there is, and for checks that a hand-in has no result of.
    """
    given = policy.manual.get(graded.student, {})
    told = told_of(graded) or (ungraded if given else ())
    made = [_question(graded.student, q, given.get(q.id), policy, language) for q in told]
    return tuple(
        dataclasses.replace(one, note=_note(one, policy, language))
        for one in _with_drops(made, policy.drop_lowest)
    )


def _note(question: QuestionMark, policy: Policy, language: Language) -> str:
    if question.dropped:
        return say("mark_dropped", language)
    if question.worth == 0:
        return say("mark_without_weight", language)
    notes = []
    if question.id in policy.weights:
        notes.append(say("mark_weight", language, points=f"{question.worth:g}"))
    if question.bonus:
        notes.append(say("mark_bonus", language))
    return ", ".join(notes)


def _question(
    student: str,
    question: ToldQuestion,
    manual: Manual | None,
    policy: Policy,
    language: Language,
) -> QuestionMark:
    extra = policy.answers.get(question.id, 0.0)
    most = round(question.max_score + extra, 6)
    manual = manual or Manual()
    where = f"manual.{student}.{question.id}"
    comments = [manual.comment]
    if manual.points is not None:
        _check_most(manual.points, most, where)
        score: float | None = manual.points
    else:
        parts: list[float | None] = []
        checks = {check_name(question.id, name): p for name, p in manual.checks.items()}
        if missing := checks.keys() - {check.id for check in question.checks}:
            raise PolicyError(
                f"policy: {where}.checks names {min(missing)!r}, but the question was not graded check by check here; "
                f"give {where}.points, for all of it"
            )
        for check in question.checks:
            points = checks.get(check.id)
            parts.append(_check(check, points, f"{where}.checks.{check.id}"))
            if points and points.comment:
                facts = {"check": check.title, "comment": points.comment}
                comments.append(say("mark_check_comment", language, **facts))
        if extra:
            parts.append(_answer(question, manual.answer, extra, f"{where}.answer"))
        score = None if None in parts else round(sum(p for p in parts if p is not None), 6)
    if manual.answer and manual.answer.comment:
        comments.append(manual.answer.comment)
    return QuestionMark(
        question.id,
        question.title,
        score,
        most,
        "  ".join(filter(None, comments)),
        policy.weights.get(question.id, most),
        question.id in policy.bonus,
    )


def _check(check: ToldCheck, given: Points | None, where: str) -> float | None:
    if given is not None and given.points is not None:
        _check_most(given.points, check.max_points, where)
        return given.points
    return None if check.open else check.points


def _answer(question: ToldQuestion, given: Points | None, most: float, where: str) -> float | None:
    """Points of a text, once a person has read it; none of one that is not there."""
    if given is not None and given.points is not None:
        _check_most(given.points, most, where)
        return given.points
    return None if (question.answer_text or "").strip() else 0.0


def _check_most(points: float, most: float, where: str) -> None:
    if points > most:
        raise PolicyError(f"policy: {where}.points (={points:g}) must be at most {most:g}")


def _with_drops(questions: Sequence[QuestionMark], count: int) -> Sequence[QuestionMark]:
    """With those left out without which the mark is highest: of all choices, not the smallest one by one.

    With worths that differ, the best choice keeps those with the largest ``share * worth - ratio * worth``, for the
    ratio that it leads to (Dinkelbach, 1967); a few rounds find it.
    """
    able = [q for q in questions if q.worth > 0 and not q.bonus]
    if not count or not able:
        return questions
    if count >= len(able):
        raise PolicyError(
            f"policy: drop_lowest (={count}) must be less than the number of questions that count ({len(able)})"
        )
    if any(q.score is None for q in able):
        return questions
    facts = [
        (q, (q.share or Fraction()) * Fraction(repr(q.worth)), Fraction(repr(q.worth)))
        for q in able
    ]
    ratio, kept = Fraction(-1), facts
    while True:
        new = sum((s for _, s, _ in kept), Fraction()) / sum((w for _, _, w in kept), Fraction())
        if new == ratio:
            break
        ratio = new
        # Of equals the later is dropped.
        ordered = sorted(facts, key=lambda fact: -(fact[1] - ratio * fact[2]))
        kept = ordered[: len(facts) - count]
    names = {question.id for question, _, _ in kept}
    return [
        dataclasses.replace(q, dropped=q.id not in names) if q in able else q for q in questions
    ]
