"""What the author's commands do."""

import os

import typer

from grader.cli._usage import usage_errors

__all__ = ["check", "stubs"]


def check(course_name: str, questions: list[str], seed: int | None, isolation: int | str) -> None:
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    from rich.console import Console
    from rich.progress import Progress
    from rich.text import Text

    from grader.authoring import check_course
    from grader.course import find_course

    console = Console(highlight=False)
    findings = []
    with (
        usage_errors(),
        Progress(console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task("", total=None)
        course = find_course(course_name)
        for finding in check_course(
            course,
            questions=questions or None,
            seed=seed,
            isolation=isolation,
            on_run=lambda done, total: bar.update(task, completed=done, total=total),
        ):
            findings.append(finding)
            sign, style = ("✗", "red") if finding.problem else ("✓", "green")
            line = Text.assemble(
                (f"{sign} ", style), (finding.question, "bold"), f"  {finding.claim}"
            )
            if finding.problem:
                line.append(f"\n    {finding.problem}", style="red")
            console.print(line)
    problems = sum(bool(finding.problem) for finding in findings)
    console.print(Text(f"{course.id}: {len(findings)} claims, {problems} do not hold"))
    raise typer.Exit(1 if problems else 0)


def stubs(course_name: str) -> None:
    from grader.authoring import write_stubs
    from grader.course import find_course

    with usage_errors():
        changed = write_stubs(find_course(course_name))
    for path in changed:
        typer.echo(path)
    if not changed:
        typer.echo("all stubs are in sync")
