"""The commands for a whole class, and their options."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli._options import (
    CourseOption,
    DataOption,
    LanguageOption,
    TimeoutOption,
    read_course,
    read_isolation,
    read_language,
    read_timeout,
)
from grader.text import one_line

__all__ = ["class_app"]

class_app = typer.Typer(rich_markup_mode=None)

RosterOption = Annotated[
    Path | None,
    typer.Option("--roster", help="CSV of the students: ids, names, e-mail addresses."),
]
DeliveryArgument = Annotated[
    Path, typer.Argument(help="Folder, zip or tar with what a class handed in.")
]
CohortArgument = Annotated[
    Path, typer.Argument(help="Folder of the cohort (-o of `grader cohort`).")
]
StoreOption = Annotated[
    str | None, typer.Option("--store", help="Database URL, if the cohort has one.")
]
JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", help="Submissions at a time; by cores and memory.", min=1),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        help="Address of a Dask scheduler whose workers grade, such as tcp://host:8786.",
    ),
]
ScaleOption = Annotated[
    float | None, typer.Option("--total", help="What full points give, such as 20.", min=0.01)
]


@class_app.command()
def handins(
    path: DeliveryArgument,
    roster: RosterOption = None,
    questions: Annotated[
        list[str] | None, typer.Option("--question", help="Of this one only; may be repeated.")
    ] = None,
    course: CourseOption = None,
    files: Annotated[
        bool, typer.Option("--files", help="Show what becomes of every file.")
    ] = False,
    json: Annotated[Path | None, typer.Option("--json", help="Write it all as JSON.")] = None,
    lang: LanguageOption = None,
) -> None:
    """Show what would be graded of a class, as Moodle, Gradescope, Canvas or people deliver it; nothing is run.

    Exit status: 0 everyone's hand-in is clear, 1 something is missing or to be decided, 2 usage.
    """
    from grader.cli import _handin_commands as commands

    commands.handins(
        read_course(course),
        path,
        roster,
        questions=questions or [],
        files=files,
        json=json,
        language=read_language(lang, course),
    )


@class_app.command()
def cohort(
    path: DeliveryArgument,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the results.")],
    roster: RosterOption = None,
    questions: Annotated[
        list[str] | None, typer.Option("--question", help="Grade this one only; may be repeated.")
    ] = None,
    course: CourseOption = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on: grade what has no result yet, or is new.")
    ] = False,
    jobs: JobsOption = None,
    cluster: ClusterOption = None,
    seed_file: Annotated[
        Path | None,
        typer.Option("--seed-file", help="The secret seed of all; OUT/seed by default."),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option("--store", help="Database URL; a file of SQLite in OUT by default."),
    ] = None,
    lang: LanguageOption = None,
    isolation: Annotated[
        str, typer.Option("--isolation", help="0 to 3; auto is the strongest here.")
    ] = "auto",
    trust_submissions: Annotated[
        bool, typer.Option("--trust-submissions", help="Grade below level 2 as well.")
    ] = False,
    timeout: TimeoutOption = None,
    total: Annotated[
        float | None,
        typer.Option("--total", help="Seconds that one submission may compute in all.", min=1),
    ] = None,
    data: DataOption = None,
) -> None:
    """Grade a whole class; each result is kept the moment it is known, and --resume goes on after any stop.

    Exit status: 0 all is graded, 2 usage or no room for results, 3 some points are open.
    """
    from grader.cli import _cohort_commands as commands

    commands.cohort(
        read_course(course),
        path,
        out,
        roster,
        questions or [],
        store_url=store,
        seed_file=seed_file,
        language=read_language(lang, course),
        isolation=read_isolation(isolation),
        trust_submissions=trust_submissions,
        timeout=read_timeout(timeout),
        total=total,
        data=data,
        jobs=jobs,
        cluster=cluster,
        resume=resume,
    )


@class_app.command()
def regrade(
    out: CohortArgument,
    questions: Annotated[
        list[str] | None,
        typer.Option("--question", help="Grade this one again; by default all that have changed."),
    ] = None,
    students: Annotated[
        list[str] | None,
        typer.Option("--student", help="Only this student, by id; may be repeated."),
    ] = None,
    course: CourseOption = None,
    why: Annotated[str, typer.Option("--why", help="A note for the history.")] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the last regrade.")] = False,
    jobs: JobsOption = None,
    cluster: ClusterOption = None,
    seed_file: Annotated[
        Path | None,
        typer.Option("--seed-file", help="The secret seed of the cohort; OUT/seed by default."),
    ] = None,
    store: StoreOption = None,
    lang: LanguageOption = None,
) -> None:
    """Grade questions of a cohort again, on the same cases, after the course was repaired; old results are kept.

    Exit status: 0 all is graded again, 2 usage or no room for results, 3 some could not be, and keep what they had.
    """
    from grader.cli import _cohort_commands as commands

    commands.regrade(
        out,
        course,
        questions or [],
        students or [],
        store_url=store,
        seed_file=seed_file,
        why=why,
        jobs=jobs,
        cluster=cluster,
        resume=resume,
        language=read_language(lang, course),
    )


@class_app.command()
def marks(
    out: CohortArgument,
    total: ScaleOption = None,
    policy: Annotated[
        Path | None,
        typer.Option(
            "--policy", help="TOML: scale, dates, weights, points by hand (docs/class.md)."
        ),
    ] = None,
    moodle: Annotated[
        Path | None, typer.Option("--moodle", help="Fill in Moodle's grading worksheet.")
    ] = None,
    canvas: Annotated[
        Path | None, typer.Option("--canvas", help="Fill in Canvas' gradebook export.")
    ] = None,
    column: Annotated[
        str | None, typer.Option("--column", help="The sheet's column with the marks.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace marks that are in the sheet already.")
    ] = False,
    gradescope: Annotated[
        bool, typer.Option("--gradescope", help="Write Gradescope's results.json of each student.")
    ] = False,
    junit: Annotated[
        bool, typer.Option("--junit", help="Write JUnit XML of each student.")
    ] = False,
    differences: Annotated[
        bool, typer.Option("--differences", help="Show whose mark the last regrade has changed.")
    ] = False,
    store: StoreOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make marks of a cohort's results; nothing is graded again. All files are written into its folder.

    Who has open points, or handed in nothing, gets no mark, and is named.
    """
    from grader.cli import _marks_commands as commands

    commands.marks(
        out,
        store_url=store,
        policy=policy,
        scale=total,
        moodle=moodle,
        canvas=canvas,
        column=column,
        replace=replace,
        gradescope=gradescope,
        junit=junit,
        compare=differences,
        language=read_language(lang, None),
    )


@class_app.command()
def pages(
    out: CohortArgument,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="TOML, as for `grader marks`.")
    ] = None,
    total: ScaleOption = None,
    moodle_feedback: Annotated[
        Path | None,
        typer.Option("--moodle-feedback", metavar="ZIP", help="Write the zip that Moodle takes."),
    ] = None,
    course: CourseOption = None,
    store: StoreOption = None,
    lang: LanguageOption = None,
) -> None:
    """Write a page of the class, OUT/pages/index.html, and one for each student, who sees nothing of the others."""
    from grader.cli import _review_commands as commands

    commands.pages(
        out,
        course,
        store_url=store,
        policy=policy,
        scale=total,
        moodle_feedback=moodle_feedback,
        language=read_language(lang, course),
    )


@class_app.command()
def similar(
    out: CohortArgument,
    questions: Annotated[
        list[str] | None, typer.Option("--question", help="This one only; may be repeated.")
    ] = None,
    at_least: Annotated[
        float,
        typer.Option("--at-least", help="Likeness from which a pair is told.", min=0.0, max=1.0),
    ] = 0.6,
    jplag: Annotated[
        Path | None, typer.Option("--jplag", help="Write the folders that JPlag takes.")
    ] = None,
    dolos: Annotated[
        Path | None, typer.Option("--dolos", help="Write the folders that Dolos takes.")
    ] = None,
    course: CourseOption = None,
    store: StoreOption = None,
    lang: LanguageOption = None,
) -> None:
    """List pairs of submissions to look at, by their syntax trees without names and constants; nothing is run.

    What all were given does not count, and what many have counts little. A pair is no verdict.
    """
    from grader.cli import _review_commands as commands

    commands.similar(
        out,
        course,
        questions or [],
        store_url=store,
        at_least=at_least,
        jplag=jplag,
        dolos=dolos,
        language=read_language(lang, course),
    )


@class_app.command()
def schema(
    of: Annotated[
        str,
        typer.Argument(metavar="result|cohort", help="`run --json`, or a cohort's results.json."),
    ] = "result",
) -> None:
    """Print the JSON Schema of what the grader writes for programs."""
    if of not in ("result", "cohort"):
        raise typer.BadParameter(f"{one_line(of)!r} must be result or cohort")
    if of == "result":
        from grader.results import result_schema as made
    else:
        from grader.cohort import cohort_schema as made
    typer.echo(made(), nl=False)
