"""What the commands for a whole class do."""

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from grader.cli import _usage
from grader.cli._output import console, tell
from grader.cli._seed import kept_seed
from grader.messages import Language, say
from grader.text import one_line

if TYPE_CHECKING:
    from rich.table import Table

    from grader.cohort import Edition, Graded, Progress, Settings, Store
    from grader.course import Course
    from grader.handins import Account, Handin, Handins
    from grader.marking import Difference, Mark, Policy
    from grader.platforms import Filled

__all__ = ["cohort", "handins", "marks", "pages", "regrade", "similar"]

_MOST_PAIRS = 10  # on the terminal


def handins(
    course_name: str,
    path: Path,
    roster: Path | None,
    *,
    files: bool,
    json: Path | None,
    language: Language,
) -> None:
    from grader.handins import HandinsError, State, read_handins, to_json

    course = _usage.find(course_name, language)
    _usage.check_writable(json, language)
    try:
        read = read_handins(course, path, roster)
    except HandinsError as error:
        raise _usage.UsageError(str(error)) from error
    out = console()
    out.print(_table(course, read, language))
    for handin in read.handins:
        _print_decisions(handin, language, files)
    if read.strays:
        tell(say("handins_nobody", language), style="bold")
        _print_accounts(read.strays, language)
    states = [handin.state for handin in read.handins]
    counts = {state.value: states.count(state) for state in State}
    tell(say("handins_total", language, count=len(states), **counts), style="bold")
    if json:
        _usage.write(json, to_json(read, course.id, language), language)
    raise typer.Exit(0 if all(state is State.READY for state in states) else 1)


def _table(course: "Course", read: "Handins", language: Language) -> "Table":
    from rich import box
    from rich.table import Table

    from grader.report import plain

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("handins_student", "handins_state", "handins_questions"):
        table.add_column(plain(say(title, language), "bold"))
    styles = {"ready": "green", "ambiguous": "red", "empty": "yellow", "missing": "yellow"}
    for handin in read.handins:
        who = " ".join(
            filter(None, (one_line(handin.student.id, 60), one_line(handin.student.name, 60)))
        )
        if not handin.student.listed:
            who += f" ({say('handins_unlisted', language)})"
        state = handin.state.value
        table.add_row(
            plain(who),
            plain(say(f"handins_state_{state}", language), styles[state]),
            plain(_questions(course, handin, language)),
        )
    return table


def _questions(course: "Course", handin: "Handin", language: Language) -> str:
    there = sum(file.content is not None for file in handin.files)
    text = f"{there} / {len(course.questions)}"
    missing = [f.question.id for f in handin.files if f.content is None and not f.problem]
    if there and missing:
        text += " · " + say("handins_missing_questions", language, questions=", ".join(missing))
    return text


def _print_decisions(handin: "Handin", language: Language, files: bool) -> None:
    """What somebody has to look at; or all files."""
    from grader.handins import Fate

    quiet = (Fate.GRADED, Fate.IGNORED)
    shown = [a for a in handin.accounts if files or a.fate not in quiet]
    if not shown and not handin.undecided:
        return
    tell(one_line(handin.student.id, 60), style="bold")
    for one in handin.undecided:
        tell(f"  {one.why[language]}", style="red")
    told: set[str | None] = {one.question.id for one in handin.undecided}
    _print_accounts(shown, language, told)


def _print_accounts(
    accounts: "Iterable[Account]", language: Language, decided: Set[str | None] = frozenset()
) -> None:
    for account in accounts:
        fate = say(f"handins_fate_{account.fate.value}", language)
        ambiguous = account.fate.value == "ambiguous"
        why = "" if ambiguous and account.question in decided else account.why.get(language, "")
        fate += f" ({why})" if why else ""
        told = say("handins_account", language, path=one_line(account.path), fate=fate)
        tell(f"  {told}", style="dim")


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
    resume: bool,
) -> None:
    from grader.handins import HandinsError

    course = _usage.find_whole(course_name, language)
    chosen = [_usage.find_question(course, name, language) for name in questions]
    data = _usage.find_data(course, data, language)
    with _usage.writing(out, language):
        out.mkdir(parents=True, exist_ok=True)
    with _alone_in(out, language), _store_of(out, store_url, language) as store:
        from grader.cohort import (
            CohortError,
            Stopped,
            begin,
            grade_cohort,
            pool_size,
            receive,
        )

        seed = kept_seed(seed_file or out / "seed", language)
        with _usage.usage_errors():
            try:
                settings = begin(
                    store,
                    course,
                    chosen or course.questions,
                    seed,
                    language=language,
                    isolation=isolation,
                    trust_submissions=trust_submissions,
                    timeout=timeout,
                    total=total,
                    data=data,
                    resume=resume,
                )
                receive(store, course, settings, path, roster)
            except Stopped:
                raise
            except (CohortError, HandinsError) as error:
                raise _usage.UsageError(str(error)) from error
        if waiting := len(store.waiting()):
            jobs = min(jobs or pool_size(), waiting)
            facts = {"level": settings.isolation, "name": settings.isolation_name, "jobs": jobs}
            title = course.title[language]
            tell(say("cohort_begins", language, course=title, count=waiting, **facts), "bold")
            with _watched(store, out, language) as show:
                grade_cohort(store, course, settings, seed, jobs=jobs, on_progress=show)
        status = _finish(store, out, language)
    raise typer.Exit(status)


@contextlib.contextmanager
def _alone_in(out: Path, language: Language) -> Iterator[None]:
    """Two commands that grade into one folder would do all twice."""
    import filelock

    try:
        with filelock.FileLock(out / ".lock", timeout=0):
            yield
    except filelock.Timeout:
        raise _usage.UsageError(say("cohort_runs", language, folder=out)) from None


@contextlib.contextmanager
def _store_of(out: Path, url: str | None, language: Language) -> "Iterator[Store]":
    try:
        from grader.cohort import CohortError, Stopped, Store
    except ImportError as error:
        raise _usage.UsageError(str(error)) from error
    try:
        store = Store(url) if url else Store.in_folder(out)
    except CohortError as error:
        raise _usage.UsageError(str(error)) from error
    try:
        yield store
    except Stopped as error:
        raise _usage.UsageError(say("cohort_store", language, why=str(error))) from error
    finally:
        store.close()


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
    resume: bool,
    language: Language,
) -> None:
    _check_cohort(out, store_url, language)
    with _alone_in(out, language), _store_of(out, store_url, language) as store:
        from grader.cohort import CohortError, Stopped, begin_regrade, pool_size, regrade_cohort
        from grader.marking import Policy, differences

        before = store.settings()
        course = _usage.find(course_name or (before.course if before else ""), language)
        chosen = [_usage.find_question(course, name, language).id for name in questions]
        seed = kept_seed(seed_file or out / "seed", language)
        with _usage.usage_errors():
            try:
                edition = begin_regrade(
                    store,
                    course,
                    seed,
                    questions=chosen,
                    students=students,
                    why=why,
                    resume=resume,
                )
            except Stopped:
                raise
            except CohortError as error:
                raise _usage.UsageError(str(error)) from error
        _tell_also_changed(before, edition, language)
        waiting, _ = store.waiting_again(edition)
        jobs = max(1, min(jobs or pool_size(), len(waiting)))
        names = ", ".join(edition.questions)
        facts = {"number": edition.number, "questions": names, "count": len(waiting), "jobs": jobs}
        tell(say("regrade_begins", language, **facts), "bold")
        with _watched(store, out, language) as show:
            left = regrade_cohort(store, course, edition, seed, jobs=jobs, on_progress=show)
        _finish(store, out, language)
        found = list(differences(store, Policy(), edition))
    for difference in found:
        tell(f"  {_difference(difference)}")
    key = "regrade_changes" if found else "regrade_no_change"
    tell(say(key, language, count=len(found), folder=out), "bold")
    if left:
        tell(say("regrade_left", language, count=left), "bold")
    raise typer.Exit(3 if left else 0)


def _tell_also_changed(before: "Settings | None", edition: "Edition", language: Language) -> None:
    """What decides points of other questions, and is another thing now."""
    new = edition.settings.digests
    old = before.digests if before else new
    others = [name for name in new if old[name] != new[name] and name not in edition.questions]
    if others:
        tell(say("regrade_also_changed", language, questions=", ".join(others)), "bold")


def _difference(difference: "Difference") -> str:
    """``ada  q05 1 → 2, 14 → 15``."""
    shown = [
        f"{change.question} {_points(change.before)} → {_points(change.after)}"
        for change in difference.changes
    ]
    shown.append(f"{_points(difference.before)} → {_points(difference.after)}")
    return f"{one_line(difference.student, 60)}  {', '.join(shown)}"


def _points(points: float | None) -> str:
    return "–" if points is None else f"{points:g}"


def _check_cohort(out: Path, store_url: str | None, language: Language) -> None:
    if not store_url and not (out / "cohort.sqlite").is_file():
        raise _usage.UsageError(say("marks_no_cohort", language, folder=out))


def marks(
    out: Path,
    *,
    store_url: str | None,
    policy: Path | None,
    scale: float | None,
    moodle: Path | None,
    canvas: Path | None,
    column: str | None,
    replace: bool,
    gradescope: bool,
    junit: bool,
    compare: bool,
    language: Language,
) -> None:
    _check_cohort(out, store_url, language)
    with _store_of(out, store_url, language) as store:
        from grader.cohort import CohortError, Stopped
        from grader.marking import marks as marks_of
        from grader.platforms import SheetError, fill_canvas, fill_moodle, to_table

        try:
            rules = _policy(policy, scale)
            settings = store.settings()
            questions = settings.questions if settings else ()
            _write(out / "marks.csv", to_table(marks_of(store, rules), questions), language)
            for sheet, fill in ((moodle, fill_moodle), (canvas, fill_canvas)):
                if sheet is not None:
                    filled = fill(
                        sheet,
                        marks_of(store, rules),
                        column=column,
                        decimals=rules.decimals,
                        replace=replace,
                    )
                    _write(out / f"filled-{sheet.name}", filled.content, language)
                    _tell_filled(filled, language)
            if gradescope or junit:
                _write_each(out, store, rules, gradescope, junit, language)
            if compare:
                _write_differences(out, store, rules, language)
            made = [_Told.of(mark) for mark in marks_of(store, rules)]
            _tell_versions(store, language)
        except Stopped:
            raise
        except (CohortError, SheetError) as error:
            raise _usage.UsageError(str(error)) from error
    for key, chosen in (
        ("marks_late", [told.student for told in made if told.late]),
        ("marks_no_time", [told.student for told in made if told.time_missing]),
        ("marks_without", [told.student for told in made if told.without]),
    ):
        if chosen:
            tell(say(key, language, count=len(chosen), students=_listed(chosen)), "bold")
        marked = [t.student for t in made if t.time_missing and t.marked_late]
        if key == "marks_no_time" and marked:
            tell("  " + say("marks_marked_late", language, students=_listed(marked)))


class _Told(NamedTuple):
    """Of a mark what is told of the whole class."""

    student: str
    late: bool
    time_missing: bool
    marked_late: bool
    without: bool

    @classmethod
    def of(cls, mark: "Mark") -> "_Told":
        told = mark.graded.handin.get("handed_in") or {}
        return cls(
            mark.graded.student,
            mark.late is not None,
            mark.time_missing,
            bool(told.get("marked_late")),
            mark.mark is None,
        )


def _policy(path: Path | None, scale: float | None) -> "Policy":
    import msgspec

    from grader.marking import Policy, read_policy

    rules = read_policy(path) if path else Policy()
    return rules if scale is None else msgspec.structs.replace(rules, total=scale)


def pages(
    out: Path,
    course_name: str | None,
    *,
    store_url: str | None,
    policy: Path | None,
    scale: float | None,
    moodle_feedback: Path | None,
    language: Language,
) -> None:
    _check_cohort(out, store_url, language)
    with _store_of(out, store_url, language) as store:
        from grader.cohort import CohortError, Stopped
        from grader.marking import marks as marks_of
        from grader.pages import class_page, student_pages, survey
        from grader.platforms import to_moodle_feedback

        settings = store.settings()
        course = _usage.find(course_name or (settings.course if settings else ""), language)
        _usage.check_writable(moodle_feedback, language)
        folder, links = out / "pages", {}
        try:
            rules = _policy(policy, scale)
            seen = survey(marks_of(store, rules), store.strays())
            made = student_pages(marks_of(store, rules), course, language)

            def write_each() -> "Iterator[tuple[Graded, str]]":
                for one in made:
                    path = f"students/{one.name}.html"
                    links[one.mark.graded.student] = path
                    _usage.write(folder / path, one.page.encode(), language)
                    yield one.mark.graded, one.page

            if moodle_feedback:
                feedback = to_moodle_feedback(write_each(), f"{course.id}.html")
                _write(moodle_feedback, feedback.content, language)
                if feedback.without:
                    names, count = _listed(feedback.without), len(feedback.without)
                    facts = {"students": names, "file": moodle_feedback}
                    tell(say("pages_no_folder", language, count=count, **facts), "bold")
            else:
                for _ in write_each():
                    pass
        except Stopped:
            raise
        except CohortError as error:
            raise _usage.UsageError(str(error)) from error
        page = class_page(seen, course, language, links=links)
        _usage.write(folder / "index.html", page.encode(), language)
    facts = {"folder": folder / "students", "file": folder / "index.html"}
    tell(say("pages_written", language, count=len(links), **facts))


def similar(
    out: Path,
    course_name: str | None,
    questions: list[str],
    *,
    store_url: str | None,
    at_least: float,
    jplag: Path | None,
    dolos: Path | None,
    language: Language,
) -> None:
    _check_cohort(out, store_url, language)
    for folder in (jplag, dolos):
        if folder is not None and folder.exists() and any(folder.iterdir()):
            raise _usage.UsageError(say("similar_not_empty", language, folder=folder))
    with _store_of(out, store_url, language) as store:
        from grader.similarity import (
            Reader,
            code_of,
            compare,
            given_of,
            pairs_to_table,
            to_dolos,
            to_jplag,
        )

        settings = store.settings()
        course = _usage.find(course_name or (settings.course if settings else ""), language)
        chosen = [_usage.find_question(course, name, language) for name in questions]
        graded = settings.questions if settings else ()
        pairs = []
        with Reader() as reader:
            for question in chosen or [q for q in course.questions if q.id in graded]:
                codes, given = list(code_of(store, course, question)), given_of(course, question)
                for folder, export in ((jplag, to_jplag), (dolos, to_dolos)):
                    if folder is not None:
                        for path, content in export(question, codes, given):
                            _usage.write(folder / path, content, language)
                found = compare(question.id, codes, given, at_least=at_least, reader=reader)
                pairs += found.pairs
                facts = {"short": len(found.short), "unread": len(found.unread)}
                facts |= {"question": question.id, "count": found.compared}
                tell(say("similar_compared", language, **facts), style="dim")
    pairs.sort(key=lambda pair: -pair.likeness)
    path = out / "similar.csv"
    _usage.write(path, pairs_to_table(pairs), language)
    for pair in pairs[:_MOST_PAIRS]:
        facts = {"question": pair.question, "likeness": f"{pair.likeness:.2f}"}
        facts |= {"one": one_line(pair.one.student, 60), "other": one_line(pair.other.student, 60)}
        lines = [f"{first}-{last}" for first, last in pair.lines]
        text = say("similar_pair", language, lines=lines[0], other_lines=lines[1], **facts)
        tell(f"  {text}")
    key = "similar_found" if pairs else "similar_none"
    tell(say(key, language, count=len(pairs), file=path), "bold" if pairs else "")
    for tool, folder in (("JPlag", jplag), ("Dolos", dolos)):
        if folder is not None:
            tell(say("similar_exported", language, tool=tool, folder=folder))


def _write_each(
    out: Path, store: "Store", rules: "Policy", gradescope: bool, junit: bool, language: Language
) -> None:
    """A file for each student; its name is the id, without what a file's name may not have."""
    from grader.marking import marks as marks_of
    from grader.platforms import to_gradescope
    from grader.report import to_junit
    from grader.results import Result

    for number, mark in enumerate(marks_of(store, rules), 1):
        if not mark.graded.result:
            continue
        result = Result.from_json(mark.graded.result)
        kept = "".join(sign if sign.isalnum() else "_" for sign in mark.graded.student)[:60]
        name = f"{number:04}-{kept}"
        if gradescope:
            _usage.write(
                out / "gradescope" / f"{name}.json", to_gradescope(result, rules.total), language
            )
        if junit:
            _usage.write(out / "junit" / f"{name}.xml", to_junit(result), language)


def _write_differences(out: Path, store: "Store", rules: "Policy", language: Language) -> None:
    """Those of the last regrade: on the terminal, and as a table."""
    from grader.marking import differences
    from grader.platforms import differences_to_table

    editions = store.editions()
    if len(editions) < 2:
        raise _usage.UsageError(say("marks_no_regrade", language, folder=out))
    found = list(differences(store, rules, editions[-1]))
    _write(out / "differences.csv", differences_to_table(found), language)
    for difference in found:
        tell(f"  {_difference(difference)}")
    if not found:
        tell(say("regrade_no_change", language))


def _tell_versions(store: "Store", language: Language) -> None:
    """Questions that not everyone's work was graded in the same way for."""
    digests = {e.number: e.settings.digests for e in store.editions()}
    counts: dict[str, dict[str, int]] = {}
    for graded in store.graded():
        for question, edition in graded.graded_in.items():
            of = counts.setdefault(question, {})
            digest = digests[edition].get(question, "")
            of[digest] = of.get(digest, 0) + 1
    for question, of in counts.items():
        if len(of) > 1:
            told = [
                say("marks_version", language, count=count, digest=digest[:8])
                for digest, count in of.items()
            ]
            facts = {"question": question, "versions": ", ".join(told)}
            tell(say("marks_two_versions", language, **facts), "bold")


def _write(path: Path, content: bytes, language: Language) -> None:
    _usage.write(path, content, language)
    tell(say("marks_written", language, file=path))


def _tell_filled(filled: "Filled", language: Language) -> None:
    tell(say("marks_filled", language, count=filled.filled))
    if filled.kept:
        tell(
            say("marks_kept", language, count=len(filled.kept), students=_listed(filled.kept)),
            "bold",
        )
    if filled.unknown:
        names = _listed(filled.unknown)
        tell(say("marks_unknown", language, count=len(filled.unknown), students=names), "bold")


def _listed(students: "Sequence[str]") -> str:
    shown = ", ".join(one_line(student, 60) for student in students[:20])
    return shown + (", …" if len(students) > 20 else "")
