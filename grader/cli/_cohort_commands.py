"""What the commands that grade a class do."""

import contextlib
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli import _usage
from grader.cli._cohort_folder import check_cohort, difference_text, open_store
from grader.cli._output import console, tell
from grader.cli._seed import kept_seed
from grader.messages import Language, say, told
from grader.text import one_line

if TYPE_CHECKING:
    from grader.cohort import Edition, Pool, Progress, Settings, Store
    from grader.course import Course

__all__ = ["cohort", "regrade"]


def cohort(
    course_name: str,
    path: Path,
    out: Path,
    roster: Path | None,
    questions: list[str],
    *,
    store_url: str | None,
    seed_file: Path | None,
    language: Language,
    isolation: int | str,
    trust_submissions: bool,
    timeout: str | None,
    total: float | None,
    data: str | None,
    jobs: int | None,
    cluster: str | None,
    resume: bool,
) -> None:
    course = _usage.find_whole(course_name, language)
    chosen = [_usage.find_question(course, name, language) for name in questions]
    data = _usage.find_data(course, data, language)
    with _usage.writing(out, language):
        out.mkdir(parents=True, exist_ok=True)
    with (
        _alone_in(out, language),
        open_store(out, store_url, language) as store,
        _pool(cluster, course, jobs, language) as pool,
    ):
        from grader.cohort import begin, grade_cohort, receive

        seed = kept_seed(seed_file or out / "seed", language)
        with _refusals():
            settings = begin(
                store,
                course,
                chosen or course.questions,
                seed,
                pool,
                language=language,
                isolation=isolation,
                trust_submissions=trust_submissions,
                timeout=timeout,
                total=total,
                data=data,
                resume=resume,
            )
            receive(store, course, settings, path, roster)
        if waiting := len(store.waiting()):
            jobs = min(pool.size, waiting)
            facts = {"level": settings.isolation, "name": settings.isolation_name, "jobs": jobs}
            title = told(course.title, language)
            tell(say("cohort_begins", language, course=title, count=waiting, **facts), "bold")
            with _refusals(), _watched(store, out, language) as show:
                grade_cohort(store, course, settings, seed, pool, on_progress=show)
        status = _finish(store, out, language)
    raise typer.Exit(status)


def regrade(
    out: Path,
    course_name: str | None,
    questions: list[str],
    students: list[str],
    *,
    store_url: str | None,
    seed_file: Path | None,
    why: str,
    jobs: int | None,
    cluster: str | None,
    resume: bool,
    language: Language,
) -> None:
    check_cohort(out, store_url, language)
    with _alone_in(out, language), open_store(out, store_url, language) as store:
        from grader.cohort import begin_regrade, regrade_cohort
        from grader.marking import Policy, differences

        before = store.settings()
        course = _usage.find_whole(course_name or (before.course if before else ""), language)
        chosen = [_usage.find_question(course, name, language).id for name in questions]
        seed = kept_seed(seed_file or out / "seed", language)
        with _pool(cluster, course, jobs, language) as pool:
            with _refusals():
                edition = begin_regrade(
                    store,
                    course,
                    seed,
                    pool,
                    questions=chosen,
                    students=students,
                    why=why,
                    resume=resume,
                    language=language,
                )
            _tell_also_changed(before, edition, language)
            waiting, _ = store.waiting_again(edition)
            names = ", ".join(edition.questions)
            facts = {"number": edition.number, "questions": names, "count": len(waiting)}
            jobs = max(1, min(pool.size, len(waiting)))
            tell(say("regrade_begins", language, jobs=jobs, **facts), "bold")
            with _refusals(), _watched(store, out, language) as show:
                left = regrade_cohort(store, course, edition, seed, pool, on_progress=show)
        _finish(store, out, language)
        found = list(differences(store, Policy(), edition))
    for difference in found:
        tell(f"  {difference_text(difference)}")
    key = "regrade_changes" if found else "regrade_no_change"
    tell(say(key, language, count=len(found), folder=out), "bold")
    if left:
        tell(say("regrade_left", language, count=left), "bold")
    raise typer.Exit(3 if left else 0)


@contextlib.contextmanager
def _pool(
    cluster: str | None, course: "Course", jobs: int | None, language: Language
) -> "Iterator[Pool]":
    """Where submissions are graded: here, or by a cluster's workers."""
    from grader.cohort import ClusterPool, LocalPool, pool_size

    if cluster is None:
        with LocalPool(jobs or pool_size()) as pool:
            yield pool
        return
    if jobs is not None:
        raise _usage.UsageError(say("cluster_jobs", language))
    with _refusals():
        pool = ClusterPool(cluster, course, language)
    with pool:
        yield pool


@contextlib.contextmanager
def _refusals() -> Iterator[None]:
    """What is refused, or cannot go on, is told; a store that takes no more is told by who opened it."""
    from grader.cohort import CohortError, Stopped
    from grader.handins import HandinsError

    with _usage.usage_errors():
        try:
            yield
        except Stopped:
            raise
        except (CohortError, HandinsError) as error:
            raise _usage.UsageError(str(error)) from error


@contextlib.contextmanager
def _alone_in(out: Path, language: Language) -> Iterator[None]:
    """Two commands that grade into one folder would do all twice."""
    import filelock

    lock = filelock.FileLock(out / ".lock", timeout=0)
    with _usage.writing(out, language):
        try:
            lock.acquire()
        except filelock.Timeout:
            raise _usage.UsageError(say("cohort_runs", language, folder=out)) from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _watched(
    store: "Store", out: Path, language: Language
) -> "Iterator[Callable[[Progress], None]]":
    """A bar, a line for each result, and after Ctrl-C how far it is."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    from grader.report import plain

    screen = console()
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    bar = Bar(*columns, console=screen, transient=True, disable=not screen.is_terminal)
    task = bar.add_task("", total=None)
    reached_last = (0, 0)

    def show(reached: "Progress") -> None:
        nonlocal reached_last
        reached_last = reached.done, reached.total
        rate = ""
        if reached.per_minute is not None and reached.remaining is not None:
            minutes = math.ceil(reached.remaining / 60)
            rate = say("cohort_rate", language, rate=reached.per_minute, minutes=minutes)
        bar.update(task, completed=reached.done, total=reached.total, description=rate)
        if reached.student is not None:
            key = "cohort_result" if reached.complete else "cohort_result_open"
            facts = {"score": reached.score, "max_score": reached.max_score}
            text = say(key, language, student=one_line(reached.student, 60), **facts)
            bar.console.print(plain(text), soft_wrap=True)

    try:
        with bar:
            yield show
    except KeyboardInterrupt:
        done, total = reached_last
        tell(say("cohort_stopped", language, done=done, total=total, folder=out), style="bold")
        raise


def _finish(store: "Store", out: Path, language: Language) -> int:
    """Write what others compute with; 0 where everything is graded, else 3."""
    from grader.cohort import json_of
    from grader.report import write_pieces

    path = out / "results.json"
    with _usage.writing(path, language):
        write_pieces(path, json_of(store))
    verdicts = [graded.verdict for graded in store.graded()]
    opened = verdicts.count("open")
    done = opened + verdicts.count("graded")
    facts = {"done": done, "open": opened, "without": len(verdicts) - done}
    tell(say("cohort_done", language, folder=out, **facts), style="bold")
    return 3 if opened else 0


def _tell_also_changed(before: "Settings | None", edition: "Edition", language: Language) -> None:
    """What decides points of other questions, and is another thing now."""
    new = edition.settings.digests
    old = before.digests if before else new
    others = [name for name in new if old[name] != new[name] and name not in edition.questions]
    if others:
        tell(say("regrade_also_changed", language, questions=", ".join(others)), "bold")
