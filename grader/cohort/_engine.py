"""Grades what waits in a store: each submission once, by a pool; what fails is tried again, alone."""

import dataclasses
import datetime
import importlib.metadata
import time
from collections import deque
from collections.abc import Callable

import msgspec

from grader.cohort._model import Answer, Died, Done, Edition, Failed, Job, Settings
from grader.cohort._open import with_open_questions
from grader.cohort._pool import Pool
from grader.cohort._store import Store
from grader.cohort._work import Again, New, Work
from grader.course import Course
from grader.messages import say
from grader.results import Isolation, Result

__all__ = ["Progress", "grade_cohort", "regrade_cohort"]

_MOST_TRIES = 3
_LOOK = 0.5  # seconds between two looks at the clock


@dataclasses.dataclass(frozen=True)
class Progress:
    """How far a cohort is.

    Attributes:
        done: submissions that have a result, of earlier runs too.
        total: submissions that can be graded.
        per_minute: of this run; None before its first result.
        remaining: seconds, at this rate; None before its first result.
        student: whose result is the latest; None where there is no new one.
        score: of that result.
        max_score: of that result.
        complete: whether no points of it are open.
    """

    done: int
    total: int
    per_minute: float | None = None
    remaining: float | None = None
    student: str | None = None
    score: float = 0.0
    max_score: float = 0.0
    complete: bool = True


def grade_cohort(
    store: Store,
    course: Course,
    settings: Settings,
    seed: int,
    pool: Pool,
    *,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> None:
    """Grade all submissions of a store that have no result yet.

    Args:
        store: with the hand-ins; each result is in it before the next one is looked at.
        course: the course.
        settings: what the store was begun with.
        seed: that the settings name; every submission draws the same cases.
        pool: where submissions are graded; it is stopped at the end, however that comes.
        on_progress: called after each result, and from time to time.

    Raises:
        Stopped: when the store takes no more; what it has is whole, and the rest still waits.
        CohortError: when the pool can grade no more, likewise.
        KeyboardInterrupt: when interrupted, likewise; the pool and all workers are gone by then.
    """
    _Run(store, course, settings, seed, New(store), pool, on_progress).run()


def regrade_cohort(
    store: Store,
    course: Course,
    edition: Edition,
    seed: int,
    pool: Pool,
    *,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> int:
    """Grade some questions again, of all submissions of a regrade that it has not reached yet.

    What the grader fails on three times, or a busy machine leaves open twice, keeps the result that it had.

    Args:
        store: with results; the old ones stay in it.
        course: as it is now.
        edition: the regrade, as ``begin_regrade`` gave it.
        seed: that its settings name.
        pool: where submissions are graded; it is stopped at the end, however that comes.
        on_progress: called after each result, and from time to time.

    Returns:
        How many could not be graded again.

    Raises:
        Stopped: as for :func:`grade_cohort`.
        KeyboardInterrupt: likewise.
    """
    work = Again(store, course, edition)
    _Run(store, course, edition.settings, seed, work, pool, on_progress).run()
    return len(work.waiting()[0])


class _Run:
    """One run of the engine; everything but the pool's waiting happens in one thread."""

    def __init__(
        self,
        store: Store,
        course: Course,
        settings: Settings,
        seed: int,
        work: Work,
        pool: Pool,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self.store, self.course, self.settings, self.seed = store, course, settings, seed
        self.work, self.on_progress = work, on_progress
        waiting, self.total = work.waiting()
        self.waiting = deque(waiting)
        self.before = self.total - len(waiting)
        self.again: deque[int] = deque()  # alone, when the others are done
        self.tries: dict[int, int] = {}  # of those that were begun and have no result
        self.kept = 0
        self.began = time.monotonic()
        self.pool = pool

    def run(self) -> None:
        self.on_progress(self._progress())
        try:
            while self.waiting or self.again or self.pool.busy:
                self._fill()
                if (answer := self.pool.next(_LOOK)) is None:
                    self.on_progress(self._progress())
                else:
                    self._take(answer)
        finally:
            self.pool.stop()

    def _fill(self) -> None:
        while self.waiting and self.pool.has_room:
            self._submit(self.waiting.popleft())
        if self.again and not self.waiting and not self.pool.busy:
            self._submit(self.again.popleft())

    def _submit(self, number: int) -> None:
        self.tries[number] = self.tries.get(number, 0) + 1
        _, files, undecided = self.store.submission(number)
        settings = self.settings
        self.pool.submit(
            Job(
                submission=number,
                course=str(self.course.path.resolve()),
                files=files,
                undecided=undecided,
                seed=str(self.seed),
                language=settings.language,
                isolation=settings.isolation,
                timeout=settings.timeout,
                total=settings.total,
                data=settings.data,
                questions=self.work.questions,
            )
        )

    def _take(self, answer: Answer) -> None:
        """Keep a result, or try the submission again."""
        number, tries = answer.submission, self.tries[answer.submission]
        kept: Result | None
        match answer:
            case Done(result=told, cpu_seconds=cpu):
                result = Result.from_json(told)
                if (disturbed := self._was_disturbed(number, result)) and tries == 1:
                    self.again.append(number)
                    return
                if disturbed:
                    kept = self.work.give_up(number, result, cpu, tries)
                else:
                    kept = self.work.keep(number, result, cpu, tries)
            case Failed(error=error) | Died(how=error):
                if tries < _MOST_TRIES:
                    self.again.append(number)
                    return
                kept = self.work.give_up(number, self._nothing(error), 0.0, tries)
        del self.tries[number]
        self.kept += 1
        student, _, _ = self.store.submission(number)
        told = self._progress()
        self.on_progress(
            dataclasses.replace(
                told,
                student=student,
                score=kept.score if kept else 0.0,
                max_score=kept.max_score if kept else 0.0,
                complete=kept is not None and kept.complete,
            )
        )

    def _was_disturbed(self, number: int, result: Result) -> bool:
        """Whether more is open than what waits for a decision."""
        _, _, undecided = self.store.submission(number)
        waits = {question for question, _ in undecided}
        return any(q.ungraded for q in result.questions if q.id not in waits)

    def _nothing(self, error: str) -> Result:
        """The result of a submission that the grader could not grade: all its points are open."""
        settings = self.settings
        result = Result(
            course=self.course.id,
            version=importlib.metadata.version("jaxcnn"),
            seed=None,
            seed_id=settings.seed_id,
            data=settings.data or msgspec.UNSET,
            started=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            isolation=Isolation(settings.isolation, settings.isolation_name, settings.mechanisms),
        )
        why = say("cohort_gave_up", settings.language, count=_MOST_TRIES)
        reasons = dict.fromkeys(settings.questions, why)
        return with_open_questions(result, self.course, reasons, settings.language, error)

    def _progress(self) -> Progress:
        done = self.before + self.kept
        if not self.kept:
            return Progress(done, self.total)
        seconds = time.monotonic() - self.began
        remaining = seconds / self.kept * (self.total - done)
        return Progress(done, self.total, 60.0 * self.kept / seconds, remaining)
