"""The policy: one TOML file, in which a key that nobody knows is an error."""

import datetime
import tomllib
import zoneinfo
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from grader.cohort import CohortError

__all__ = ["Late", "Manual", "Policy", "PolicyError", "known_names", "read_policy"]

_SHOWN = 12  # names in an error
_NotNegative = Annotated[float, msgspec.Meta(ge=0)]
_Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]


class PolicyError(CohortError):
    """A policy that cannot be read, or fits no cohort; the message names the key, its value and the rule."""


class Points(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person gave for a check, or for an answer in words.

    Attributes:
        points: in place of what was graded; None leaves that as it is.
        comment: for the student.
    """

    points: _NotNegative | None = None
    comment: str = ""


class Manual(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person gave for a question.

    Attributes:
        points: for all of it, in place of what was graded; None leaves that as it is.
        comment: for the student.
        checks: for single checks, by their ids, with or without the question before the dot.
        answer: for the text ``ANSWER``, where the policy gives points for it.
    """

    points: _NotNegative | None = None
    comment: str = ""
    checks: dict[str, Points] = {}
    answer: Points | None = None


class Late(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is taken off what came too late.

    Attributes:
        due: the date and time; with an offset, or in the zone.
        zone: of all dates and times without an offset, such as "Europe/Paris"; those of ``file`` too.
        grace: minutes after the due date that cost nothing; what is later counts from the due date.
        percent: taken off for each period that has begun.
        per: the period.
        of: of what: of the points earned, or of full marks.
        at_most: per cent in all.
        closes: from then on the mark is 0; never by default.
        extensions: another due date for a student, by id; the closing date moves with it.
        file: a CSV file with a row for each student that tells when they handed in; its path is relative to the
            policy's. What it does not tell, the platform does.
        column: of that file; the usual titles are known.
        archive: whether the times of files in the platform's archive may be taken where it tells no others.
    """

    due: datetime.datetime
    zone: str | None = None
    grace: _NotNegative = 0.0
    percent: _Percent = 0.0
    per: Literal["day", "hour"] = "day"
    of: Literal["score", "total"] = "score"
    at_most: _Percent = 100.0
    closes: datetime.datetime | None = None
    extensions: dict[str, datetime.datetime] = {}
    file: str | None = None
    column: str | None = None
    archive: bool = False

    def moment(self, told: datetime.datetime, key: str) -> datetime.datetime:
        """A time that is told, in UTC: two times of one zone would be subtracted as clocks on a wall show them.

        Raises:
            PolicyError: for a time without an offset where there is no zone.
        """
        if told.tzinfo is not None:
            return told.astimezone(datetime.UTC)
        if self.zone is None:
            raise PolicyError(
                f"policy: {key} (={told.isoformat(sep=' ')}) must have an offset, such as {told.isoformat()}+02:00, "
                f'or late.zone must name a zone, such as "Europe/Paris"'
            )
        return told.replace(tzinfo=zoneinfo.ZoneInfo(self.zone)).astimezone(datetime.UTC)

    def shown(self, moment: datetime.datetime) -> str:
        """A moment as people of the zone write it."""
        zone = datetime.UTC if self.zone is None else zoneinfo.ZoneInfo(self.zone)
        return moment.astimezone(zone).isoformat(sep=" ", timespec="minutes")


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How marks are made of points.

    Attributes:
        total: what full points give; the sum of what the questions are worth by default.
        decimals: of the mark.
        step: marks are multiples of it, such as 0.5; the last decimal by default.
        rounding: to the nearest step (a half goes up), up, or down.
        absent: the mark of who handed in nothing, or no code; no mark by default.
        attempts: which hand-in of a student counts: the last one, the first one, or the one with the best mark.
        weights: what a question is worth, by its id; its points by default, nothing with 0.
        bonus: questions that can add to the mark, and whose absence costs nothing.
        above_total: whether a bonus may lead beyond the total.
        drop_lowest: so many questions are left out, those without which the mark is highest.
        answers: points for the text ``ANSWER`` of a question, by its id; given by hand, they add to the question's.
        late: what is taken off what came too late.
        manual: what a person gave, by student and question.
    """

    total: Annotated[float, msgspec.Meta(gt=0)] | None = None
    decimals: Annotated[int, msgspec.Meta(ge=0, le=6)] = 2
    step: Annotated[float, msgspec.Meta(gt=0)] | None = None
    rounding: Literal["nearest", "up", "down"] = "nearest"
    absent: _NotNegative | None = None
    attempts: Literal["last", "first", "best"] = "last"
    weights: dict[str, _NotNegative] = {}
    bonus: tuple[str, ...] = ()
    above_total: bool = False
    drop_lowest: Annotated[int, msgspec.Meta(ge=0)] = 0
    answers: dict[str, Annotated[float, msgspec.Meta(gt=0)]] = {}
    late: Late | None = None
    manual: dict[str, dict[str, Manual]] = {}


def read_policy(path: Path) -> Policy:
    """Read a TOML file, such as ``total = 20`` and ``[manual.ada.q05]`` with ``points = 2``.

    Raises:
        PolicyError: when it cannot be read, or has a key that is not known or a value that does not fit.
    """
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise PolicyError(f"policy (={str(path)!r}) cannot be read: {why}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"policy (={str(path)!r}): {error}") from error
    try:
        _check_keys(told, Policy, "")
        policy = msgspec.convert(told, Policy)
        _check(policy)
    except (PolicyError, msgspec.ValidationError) as error:
        text = str(error).removeprefix("policy: ")
        raise PolicyError(f"policy (={str(path)!r}): {text}") from error
    if policy.late is not None and policy.late.file is not None:
        found = str(path.parent / policy.late.file)
        policy = msgspec.structs.replace(
            policy, late=msgspec.structs.replace(policy.late, file=found)
        )
    return policy


def known_names(given: str, known: Iterable[str]) -> str:
    """The names that there are, for an error: those like the given one first, not hundreds."""
    names = list(dict.fromkeys(known))
    if len(names) <= _SHOWN:
        return ", ".join(names) or "none"
    close = get_close_matches(given, names, 3, 0.6)
    ordered = [*close, *(name for name in names if name not in close)]
    return ", ".join(ordered[:_SHOWN]) + ", …"


def _check_keys(told: Any, kind: type[msgspec.Struct], where: str) -> None:
    """Each table has known keys only; below ``late``, ``manual`` and ``checks`` too."""
    fields = kind.__struct_fields__
    if not isinstance(told, dict):
        return
    for key, value in told.items():
        if key not in fields:
            raise PolicyError(
                f"policy: there is no key {where}{key}; there are: {known_names(key, fields)}"
            )
        if key == "late":
            _check_keys(value, Late, "late.")
        elif key == "manual" and isinstance(value, dict):
            for student, questions in value.items():
                for question, manual in questions.items() if isinstance(questions, dict) else ():
                    _check_keys(manual, Manual, f"manual.{student}.{question}.")
        elif key == "checks" and isinstance(value, dict):
            for check, points in value.items():
                _check_keys(points, Points, f"{where}checks.{check}.")
        elif key == "answer":
            _check_keys(value, Points, f"{where}answer.")


def _check(policy: Policy) -> None:
    """What holds whatever the cohort."""
    if policy.absent is not None and policy.absent > (policy.total or 0):
        raise PolicyError(
            f"policy: absent (={policy.absent:g}) is a mark: it needs total, and must be at most that"
        )
    for student, questions in policy.manual.items():
        for question, manual in questions.items():
            if manual.points is not None and (manual.checks or manual.answer):
                raise PolicyError(
                    f"policy: manual.{student}.{question} has points for the whole question, so it must have none for "
                    "its checks or its answer"
                )
    if (late := policy.late) is None:
        return
    if late.zone is not None:
        try:
            zoneinfo.ZoneInfo(late.zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            raise PolicyError(
                f"policy: late.zone (={late.zone!r}) must be a time zone of this machine, such as Europe/Paris; with "
                "none here: pip install tzdata"
            ) from None
    due = late.moment(late.due, "late.due")
    if late.closes is not None and late.moment(late.closes, "late.closes") < due:
        raise PolicyError("policy: late.closes must not be before late.due")
    for student, extended in late.extensions.items():
        if late.moment(extended, f"late.extensions.{student}") < due:
            raise PolicyError(
                f"policy: late.extensions.{student} must not be before late.due, which holds for all"
            )
