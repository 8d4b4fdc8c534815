"""From hand-ins to a store that can be graded; what would mix results of two kinds is refused."""

import dataclasses
import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader.checks._streams import seed_id
from grader.cohort._model import (
    CohortError,
    Edition,
    Settings,
    course_digest,
    question_digests,
)
from grader.cohort._pool import Pool
from grader.cohort._store import Store
from grader.course import Course, Question
from grader.handins import Account, iter_handins
from grader.messages import Language, say

__all__ = ["begin", "begin_regrade", "receive"]

_TRUSTED_FROM = (
    2  # no level below promises that a submission reads no other's files and reaches no network
)


def begin(
    store: Store,
    course: Course,
    questions: Sequence[Question],
    seed: int,
    pool: Pool,
    *,
    language: Language,
    isolation: int | str = "auto",
    trust_submissions: bool = False,
    timeout: str | None = None,
    total: float | None = None,
    data: str | None = None,
    resume: bool = False,
) -> Settings:
    """Settle what a cohort is graded with, or see that it is what it was begun with.

    Args:
        store: an empty one, or that of the cohort to go on with.
        course: the course.
        questions: of it, those that are graded.
        seed: that all submissions share.
        pool: where they are graded; it says what confines them there.
        language: of titles and messages.
        isolation: "auto" for the strongest level there, control groups included, or the level that must be given.
        trust_submissions: whether a level below 2 will do.
        timeout: as for ``grader.grade``.
        total: as for ``grader.grade``.
        data: as for ``grader.grade``.
        resume: whether a store that has begun is to go on.

    Raises:
        CohortError: for a level below 2 without trust; for a store that has begun, without ``resume``, or with
            anything that decides results being different from what it was begun with.
        IsolationUnavailable: for a level that cannot be given there.
        Stopped: when the store cannot be used.
    """
    before = store.settings()
    if before is not None and not resume:
        raise CohortError(say("cohort_begun", language))
    if before is not None and isolation == "auto":
        isolation = before.isolation
    level = pool.granted(isolation)
    if level.level < _TRUSTED_FROM and not trust_submissions:
        raise CohortError(say("cohort_untrusted", language, level=level.level))
    settings = Settings(
        course=course.id,
        course_digest=course_digest(course, questions),
        digests=question_digests(course, questions),
        version=importlib.metadata.version("jaxcnn"),
        questions=tuple(question.id for question in questions),
        language=language,
        seed_id=seed_id(seed),
        isolation=level.level,
        isolation_name=level.name,
        mechanisms=level.mechanisms,
        timeout=timeout,
        total=total,
        data=data,
    )
    if before is None:
        store.begin(settings)
    elif msgspec.structs.replace(settings, mechanisms=before.mechanisms) != before:
        # A level is a promise; with which means it is kept may differ from machine to machine.
        new, old = msgspec.structs.asdict(settings), msgspec.structs.asdict(before)
        new["mechanisms"] = old["mechanisms"]
        names = ", ".join(name for name in new if new[name] != old[name])
        raise CohortError(say("cohort_differs", language, names=names))
    return settings


def begin_regrade(
    store: Store,
    course: Course,
    seed: int,
    pool: Pool,
    *,
    questions: Sequence[str] = (),
    students: Sequence[str] = (),
    why: str = "",
    resume: bool = False,
    language: Language | None = None,
) -> Edition:
    """Settle what is graded again, with the cohort's own settings but for the course and the version of the grader.

    Args:
        store: of the cohort.
        course: as it is now.
        seed: of the cohort.
        pool: where submissions are graded.
        questions: ids; those whose checks, solution, mistakes or rules have changed by default.
        students: ids; everyone who has a result by default.
        why: a note for those who read the history.
        resume: whether to go on with the last regrade instead; nothing else is chosen then.
        language: of what it says when it refuses; the cohort's by default.

    Raises:
        CohortError: for a store without a cohort, another course or seed, questions and students that are not there,
            a regrade that cannot go on, and when nothing has changed and nothing is chosen.
        IsolationUnavailable: when the cohort's level cannot be given there.
        Stopped: when the store cannot be used.
    """
    before = store.settings()
    if before is None:
        raise CohortError("no cohort has begun in this store")
    language = language or before.language
    graded = [course.question(name) for name in before.questions if name in _ids(course)]
    if course.id != before.course or len(graded) < len(before.questions):
        raise CohortError(say("regrade_course", language, course=course.id, before=before.course))
    if seed_id(seed) != before.seed_id:
        raise CohortError(say("regrade_seed", language))
    level = pool.granted(before.isolation)
    settings = msgspec.structs.replace(
        before,
        course_digest=course_digest(course, graded),
        digests=question_digests(course, graded),
        version=importlib.metadata.version("jaxcnn"),
        mechanisms=level.mechanisms,
    )
    if resume:
        last = store.editions()[-1]
        if last.number == 1:
            raise CohortError(say("regrade_none", language))
        if msgspec.structs.replace(settings, mechanisms=last.settings.mechanisms) != last.settings:
            raise CohortError(say("regrade_differs", language))
        return last
    changed = [name for name, digest in settings.digests.items() if before.digests[name] != digest]
    chosen = tuple(name for name in before.questions if name in (questions or changed))
    if unknown := set(questions) - set(before.questions):
        known = ", ".join(before.questions)
        raise CohortError(say("regrade_question", language, question=min(unknown), known=known))
    if not chosen:
        raise CohortError(say("regrade_unchanged", language))
    there = {one.student for one in store.graded() if one.score is not None}
    if unknown := set(students) - there:
        raise CohortError(say("regrade_student", language, student=min(unknown)))
    return store.begin_again(settings, chosen, tuple(students) or None, why)


def _ids(course: Course) -> set[str]:
    return {question.id for question in course.questions}


def receive(
    store: Store, course: Course, settings: Settings, path: Path, roster: Path | None
) -> None:
    """Take what a class handed in into the store; a submission that is in it already keeps its result.

    Raises:
        HandinsError: for a path or a roster that cannot be read.
        Stopped: when the store cannot take it.
    """
    strays: list[Account] = []
    handins = (
        dataclasses.replace(
            handin,
            files=tuple(f for f in handin.files if f.question.id in settings.questions),
            undecided=tuple(u for u in handin.undecided if u.question.id in settings.questions),
            notes=tuple(n for n in handin.notes if n.question in settings.questions),
        )
        for handin in iter_handins(course, path, roster, strays)
    )
    store.receive(handins, strays, settings.language)
