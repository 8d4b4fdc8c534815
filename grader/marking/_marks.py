"""The mark of each student: what counts of which hand-in, what is taken off, on which scale."""

import dataclasses
import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from grader.cohort import CohortError, Graded, Store
from grader.marking._fits import check_names
from grader.marking._late import Lateness, lateness
from grader.marking._policy import Policy, PolicyError
from grader.marking._questions import QuestionMark, ToldQuestion, counted
from grader.marking._times import handed_in_at, read_times
from grader.messages import Language, heard, say

__all__ = ["Mark", "QuestionMark", "marks"]


@dataclasses.dataclass(frozen=True)
class Mark:
    """What one student gets.

    Attributes:
        graded: the hand-in that counts, and its result.
        questions: in the course's order; empty where there is no result.
        score: what they are worth together; None where a question is open, or nothing was graded.
        max_score: what full points are worth.
        mark: on the scale of the policy, with what is taken off; None where there is no score.
        total: what full points give.
        hand_in: which of the student's hand-ins counts, the oldest being 1, and how many there are.
        handed_in: when; None where nothing tells it.
        late: how late; None for what is in time, where no time is known, and without a policy for it.
        time_missing: whether the policy asks for a time, and none is known: nothing is taken off.
        before: what the mark would be in time; None where nothing is taken off.
        notes: what a student has to know of all this, in the cohort's language.
    """

    graded: Graded
    questions: tuple[QuestionMark, ...]
    score: float | None
    max_score: float
    mark: float | None
    total: float
    hand_in: tuple[int, int] = (1, 1)
    handed_in: datetime.datetime | None = None
    late: Lateness | None = None
    time_missing: bool = False
    before: float | None = None
    notes: tuple[str, ...] = ()
    share: Fraction | None = dataclasses.field(default=None, repr=False)  # of full marks

    @property
    def comment(self) -> str:
        """The points of each question, and what a person wrote, in a line each; then the notes."""
        return "\n".join([*(one.line for one in self.questions), *self.notes])

    def scaled_to(self, total: float, decimals: int) -> float | None:
        """The mark on another scale; one that was rounded is not rounded differently there."""
        if self.share is None:
            return None
        return _rounded(self.share * _exact(total), _exact(1) / 10**decimals, "nearest")


class _Attempt(NamedTuple):
    graded: Graded
    at: datetime.datetime | None


def marks(store: Store, policy: Policy, *, before: int | None = None) -> Iterator[Mark]:
    """The mark of each student, in the order of their ids.

    Args:
        store: of the cohort.
        policy: how marks are made.
        before: the number of a regrade, to have the marks that there were before it.

    Raises:
        CohortError: for a store in which no cohort has begun.
        PolicyError: for names that belong to no student, question or check, points beyond what there is, weights that
            leave nothing, and a file of times that cannot be used; before the first mark.
    """
    settings = store.settings()
    if settings is None:
        raise CohortError("no cohort has begun in this store")
    known = check_names(store, policy, settings.questions)
    times = read_times(policy.late, known.students) if policy.late else {}
    for current in store.graded(before):
        kept = [current]
        if policy.attempts != "last":
            kept = list(store.hand_ins(current.student, before))
        attempts = _attempts(kept, policy, times)
        language = heard(settings.language) or "en"
        yield _of_student(attempts, policy, known.ungraded, language)


def _of_student(
    attempts: Sequence[_Attempt],
    policy: Policy,
    ungraded: Sequence[ToldQuestion],
    language: Language,
) -> Mark:
    made = [
        _mark(attempt, (number, len(attempts)), policy, ungraded, language)
        for number, attempt in enumerate(attempts, 1)
    ]
    if policy.attempts == "best":
        return max(made, key=lambda mark: (mark.mark is not None, mark.mark or 0.0, mark.hand_in))
    return made[0 if policy.attempts == "first" else -1]


def _attempts(
    kept: Sequence[Graded], policy: Policy, times: Mapping[str, datetime.datetime]
) -> list[_Attempt]:
    """The hand-ins of a student, the current one last; of one moment only what was decided last of it."""
    found: list[_Attempt] = []
    for graded in sorted(kept, key=lambda graded: graded.current):
        at = handed_in_at(policy.late, graded, times) if policy.late else None
        told = (graded.handin.get("handed_in") or {}).get("at")
        if told is not None:
            found = [a for a in found if (a.graded.handin.get("handed_in") or {}).get("at") != told]
        if graded.result or graded.current:
            found.append(_Attempt(graded, at))
    return found


def _mark(
    attempt: _Attempt,
    hand_in: tuple[int, int],
    policy: Policy,
    ungraded: Sequence[ToldQuestion],
    language: Language,
) -> Mark:
    graded = attempt.graded
    questions = counted(graded, policy, ungraded, language)
    worth = [one for one in questions if one.counts]
    most = sum((_exact(one.worth) for one in worth if not one.bonus), Fraction())
    score = sum(
        (one.share * _exact(one.worth) for one in worth if one.share is not None), Fraction()
    )
    whole = bool(questions) and all(one.share is not None for one in worth)
    if questions and not most:
        raise PolicyError(
            "policy: weights, bonus and drop_lowest leave no question that counts, so no mark can be made"
        )
    total = policy.total or float(most)
    late = policy.late
    lateness_ = lateness(late, graded.student, attempt.at) if late and attempt.at else None
    made = Mark(
        graded,
        questions,
        _rounded(score, Fraction(1, 10**6), "nearest") if whole else None,
        float(most),
        None,
        total,
        hand_in,
        attempt.at,
        lateness_,
        time_missing=late is not None and attempt.at is None and bool(questions),
    )
    if whole:
        made = _with_share(made, score / most, policy)
    elif not questions and policy.absent is not None and graded.verdict in ("empty", "missing"):
        share = _exact(policy.absent) / _exact(policy.total) if policy.total else Fraction()
        made = dataclasses.replace(made, mark=policy.absent, share=share)
    return dataclasses.replace(made, notes=_notes(made, policy, language))


def _with_share(made: Mark, earned: Fraction, policy: Policy) -> Mark:
    """The mark of what share of full marks was earned."""
    cap = earned if policy.above_total else min(earned, Fraction(1))
    share = cap
    if made.late is not None and policy.late is not None:
        taken = _exact(made.late.percent) / 100
        share = cap * (1 - taken) if policy.late.of == "score" else max(cap - taken, Fraction())
        share = Fraction() if made.late.closed else share
    step = _exact(policy.step) if policy.step else Fraction(1, 10**policy.decimals)
    total = _exact(made.total)
    mark = _rounded(share * total, step, policy.rounding, policy.decimals)
    before = _rounded(cap * total, step, policy.rounding, policy.decimals)
    # What is told is what is handed on: with a scale or a step of one's own the mark, not what was rounded.
    told = _exact(mark) / total if policy.total or policy.step else share
    return dataclasses.replace(
        made, mark=mark, before=before if before != mark else None, share=told
    )


def _notes(mark: Mark, policy: Policy, language: Language) -> tuple[str, ...]:
    notes = []
    number, count = mark.hand_in
    if count > 1:
        notes.append(say("mark_hand_in", language, number=number, count=count))
    late = mark.late
    if late is not None and policy.late is not None and mark.handed_in is not None:
        at = policy.late.shown(mark.handed_in)
        if late.closed:
            notes.append(say("mark_closed", language, at=at))
        else:
            key = "mark_late_score" if policy.late.of == "score" else "mark_late_total"
            facts = {"by": _span(late.by, language), "percent": f"{late.percent:g}", "at": at}
            notes.append(say(key, language, **facts))
    return tuple(notes)


def _span(by: datetime.timedelta, language: Language) -> str:
    """Days, hours and minutes, those that there are."""
    minutes = math.ceil(by / datetime.timedelta(minutes=1))
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((days, say("day", language)), (hours, "h"), (minutes, "min"))
    return " ".join(f"{value} {unit}" for value, unit in parts if value)


def _exact(value: float) -> Fraction:
    """The decimal number that was written, not its nearest binary one."""
    return Fraction(repr(value))


def _rounded(value: Fraction, step: Fraction, how: str, decimals: int = 6) -> float:
    """A multiple of the step; a half goes up, as on paper."""
    steps = value / step
    whole = {
        "up": math.ceil,
        "down": math.floor,
        "nearest": lambda s: math.floor(s + Fraction(1, 2)),
    }
    return round(float(whole[how](steps) * step), max(decimals, 6))
