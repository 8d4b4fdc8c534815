"""What the author's commands do."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from grader.cli._output import console, tell
from grader.cli._pages import write_statements
from grader.cli._usage import UsageError, check_writable, find_question, usage_errors
from grader.messages import LANGUAGES, Language, TableError, say
from grader.text import one_line

if TYPE_CHECKING:
    from rich.console import Console

    from grader.authoring import Finding
    from grader.course import Course, Question

__all__ = ["add", "check", "messages", "new", "pack", "preview", "stubs"]


def new(name: str, question: str, language: Language | None, place: Path) -> None:
    from grader.authoring import ScaffoldError, new_course

    languages = LANGUAGES if language is None else (language,)
    try:
        course = new_course(place, name, question, languages)
    except ScaffoldError as error:
        raise UsageError(str(error)) from error
    except OSError as error:
        raise UsageError(f"the course cannot be written: {error}") from error
    _tell_made(course, course.questions[0], place / "solutions" / name)


def messages(course_name: str, language: Language) -> None:
    from grader.authoring import complete_messages

    given = Path(course_name)
    folder = given if (given / "course.toml").is_file() else _course(course_name).path
    try:
        path, missing = complete_messages(folder, language)
    except TableError as error:
        _fail(str(error))
    except OSError as error:
        raise UsageError(f"the table cannot be written: {error}") from error
    tell(one_line(path))
    if missing:
        tell(f"{missing} sentences are still said in English: each stands there as a comment.")
    else:
        tell("every sentence is there")


def add(course_name: str, name: str) -> None:
    from grader.authoring import ScaffoldError, add_question

    course = _course(course_name)
    try:
        question = add_question(course, name)
    except ScaffoldError as error:
        raise UsageError(str(error)) from error
    except OSError as error:
        raise UsageError(f"the question cannot be written: {error}") from error
    _tell_made(course, question, Path(course_name))


def _tell_made(course: "Course", question: "Question", named: Path) -> None:
    """The files that were made, and the two commands of an author at work."""
    for path in sorted((course.path / question.folder).iterdir()):
        tell(one_line(named / question.folder / path.name))
    where = shlex.quote(one_line(named if named.is_absolute() else Path(".") / named))
    where = where if where.startswith(("/", "'", ".")) else f"./{where}"
    tell("")
    tell("What is still to be written is marked TO WRITE, and this names it:")
    tell(f"  grader course stubs {where}")
    tell(f"  grader course check {where} {question.id}")


def check(
    course_name: str,
    questions: list[str],
    seed: int | None,
    isolation: int | str,
    wrong: Path | None,
    mistakes: int | None,
    draws: int,
) -> None:
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    from rich.progress import Progress

    from grader.authoring import check_course
    from grader.report import plain

    course = _course(course_name)
    chosen = [find_question(course, name, "en").id for name in questions]
    if wrong is not None and not wrong.is_dir():
        raise UsageError(
            f"--wrong (={one_line(wrong)}) must be a folder with a folder for each question"
        )
    out = console()
    findings: list[Finding] = []
    with Progress(console=out, transient=True, disable=not out.is_terminal) as bar:
        task = bar.add_task("", total=None)
        with usage_errors():
            for finding in check_course(
                course,
                questions=chosen or None,
                seed=seed,
                isolation=isolation,
                wrong=wrong,
                mistakes=mistakes,
                draws=draws,
                on_run=lambda done, total: bar.update(task, completed=done, total=total),
            ):
                findings.append(finding)
                _print(out, finding)
    problems = sum(bool(finding.problem) for finding in findings)
    verdict = f"{problems} of them not met" if problems else "all met"
    out.print(plain(f"{course.id}: {len(findings)} claims, {verdict}", "bold"))
    if mistakes is not None:
        out.print(plain(f"Of each function at most {mistakes} known mistakes were tried."))
    raise typer.Exit(1 if problems else 0)


def _print(out: "Console", finding: "Finding") -> None:
    from rich.padding import Padding
    from rich.text import Text

    from grader.report import plain

    sign, style = ("✗", "red") if finding.problem else ("✓", "green")
    claim = plain(f"  {finding.claim}")
    out.print(Text.assemble((f"{sign} ", style), plain(finding.question, "bold"), claim))
    if finding.problem:
        out.print(Padding(plain(finding.problem, "red"), (0, 0, 0, 4), expand=False))


def pack(course_name: str, out: Path, seed: int | None, language: Language | None) -> None:
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    from rich.progress import Progress

    from grader.authoring import PackError, RecordingError, pack_course
    from grader.checks._public import MOST_SETS
    from grader.course import StubError
    from grader.report import write_file

    course = _course(course_name)
    screen = console()
    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("", total=None)
        try:
            packed = pack_course(
                course,
                seed=seed,
                language=language,
                on_question=lambda done, total: bar.update(task, completed=done, total=total),
            )
        except PackError as error:
            raise UsageError(str(error)) from error
        except (RecordingError, StubError, OSError) as error:
            _fail(str(error))
    archives = {"student": packed.students, "instructor": packed.instructors}
    for kind, content in archives.items():
        path = out / f"{course.id}-{kind}.zip"
        try:
            write_file(path, content)
        except OSError as error:
            raise UsageError(f"{one_line(path)} cannot be written: {error}") from error
        tell(one_line(path))
    tell("")
    tell("What students can check with the public cases; the rest needs the solutions:")
    for question in course.questions:
        points = f"{packed.public[question.id]:g} of {question.points:g}"
        tell(f"  {question.id}  {points} points")
    for name in packed.unrecorded:
        tell(f"  {name}  no cases: more than {MOST_SETS} sets of numbers can be drawn")


def preview(course_name: str, questions: list[str], language: Language, html: Path) -> None:
    course = _course(course_name)
    chosen = [find_question(course, name, language) for name in questions]
    check_writable(html, language)
    write_statements(html, course, chosen or course.questions, course_name, language, author=True)
    tell(say("written", language, file=html))


def stubs(course_name: str) -> None:
    from grader.authoring import write_stubs
    from grader.course import StubError

    course = _course(course_name)
    try:
        changed = write_stubs(course)
    except StubError as error:
        _fail(str(error))
    except OSError as error:
        raise UsageError(f"the stubs cannot be written: {error}") from error
    for path in changed:
        tell(one_line(path))
    if not changed:
        tell("all stubs are in sync")


def _course(name: str) -> "Course":
    """The course; what is wrong with its manifest is the course's fault, not the command's."""
    from grader.course import ManifestError, find_course

    with usage_errors():
        try:
            course = find_course(name)
        except ManifestError as error:
            _fail(str(error))
    if course.for_students:
        raise UsageError(say("needs_solutions", "en", course=course.id))
    return course


def _fail(problem: str) -> NoReturn:
    from rich.text import Text

    from grader.report import plain

    console().print(Text.assemble(("✗ ", "red"), plain(problem, "red")))
    raise typer.Exit(1)
