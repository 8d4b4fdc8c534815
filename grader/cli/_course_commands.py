"""What the author's commands do."""

import os
from typing import TYPE_CHECKING, NoReturn

import typer

from grader.cli._output import console, tell
from grader.cli._usage import UsageError, find_question, usage_errors

if TYPE_CHECKING:
    from rich.console import Console

    from grader.authoring import Finding
    from grader.course import Course

__all__ = ["check", "stubs"]


def check(course_name: str, questions: list[str], seed: int | None, isolation: int | str) -> None:
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    from rich.progress import Progress

    from grader.authoring import check_course

    course = _course(course_name)
    chosen = [find_question(course, name, "en").id for name in questions]
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
                on_run=lambda done, total: bar.update(task, completed=done, total=total),
            ):
                findings.append(finding)
                _print(out, finding)
    problems = sum(bool(finding.problem) for finding in findings)
    verdict = f"{problems} of them not met" if problems else "all met"
    out.print(f"{course.id}: {len(findings)} claims, {verdict}", style="bold")
    raise typer.Exit(1 if problems else 0)


def _print(out: "Console", finding: "Finding") -> None:
    from rich.padding import Padding
    from rich.text import Text

    from grader.report import plain

    sign, style = ("✗", "red") if finding.problem else ("✓", "green")
    out.print(Text.assemble((f"{sign} ", style), (finding.question, "bold"), f"  {finding.claim}"))
    if finding.problem:
        out.print(Padding(plain(finding.problem, "red"), (0, 0, 0, 4), expand=False))


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
        tell(str(path))
    if not changed:
        tell("all stubs are in sync")


def _course(name: str) -> "Course":
    """The course; what is wrong with its manifest is the course's fault, not the command's."""
    from grader.course import ManifestError, find_course

    with usage_errors():
        try:
            return find_course(name)
        except ManifestError as error:
            _fail(str(error))


def _fail(problem: str) -> NoReturn:
    from rich.text import Text

    from grader.report import plain

    console().print(Text.assemble(("✗ ", "red"), plain(problem, "red")))
    raise typer.Exit(1)
