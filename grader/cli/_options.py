"""Options that several commands have, and how their values are read."""

from pathlib import Path
from typing import Annotated

import typer

from grader.cli import _usage
from grader.cli._seed import MOST
from grader.messages import LANGUAGES, Language, default_language, spoken

__all__ = [
    "CourseOption",
    "DataOption",
    "HtmlOption",
    "IsolationOption",
    "LanguageOption",
    "QuestionArgument",
    "SeedFileOption",
    "SeedOption",
    "SubmissionOption",
    "TimeoutOption",
    "read_course",
    "read_given",
    "read_isolation",
    "read_jobs",
    "read_language",
    "read_timeout",
]

CourseOption = Annotated[
    str | None,
    typer.Option(
        "--course",
        help="Course id, or path of its folder; what the working folder was made for by default.",
    ),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        help="fr, en, or one that the course has messages in; the working folder's by default, else the locale's.",
    ),
]
SubmissionOption = Annotated[
    Path | None,
    typer.Option("--submission", help="Folder with the files; exercises/ by default."),
]
SeedOption = Annotated[
    int | None,
    typer.Option("--seed", min=0, max=MOST, help="Repeat the draws of an earlier run."),
]
SeedFileOption = Annotated[
    Path | None,
    typer.Option("--seed-file", help="Draw from the seed in a file; the report does not tell it."),
]
IsolationOption = Annotated[
    str,
    typer.Option(
        "--isolation",
        help="0 (process), 1 (limited), 2 (sandboxed), 3 (contained); auto is the strongest here up to 2.",
    ),
]
TimeoutOption = Annotated[
    str | None,
    typer.Option(
        "--timeout",
        metavar="SECONDS|xN",
        help="What one call may compute: seconds (30), or times the course's (x3).",
    ),
]
DataOption = Annotated[
    str | None,
    typer.Option("--data", help="Real data that the checks draw from; the course names them."),
]
HtmlOption = Annotated[
    Path | None,
    typer.Option("--html", help="Write a page for a browser: one file that needs no network."),
]
QuestionArgument = Annotated[str, typer.Argument(help="Question, such as q01 or 1, or its file.")]


def read_course(value: str | None) -> str:
    return value or _usage.default_course()


def read_language(value: str | None, course: str | None) -> Language:
    if (known := value or _usage.folder_language()) in LANGUAGES:
        return known  # without reading a course, which takes a moment
    return read_given(value, course) or _usage.folder_language() or default_language()


def read_given(value: str | None, course: str | None) -> Language | None:
    """The language that was asked for: one of the grader's own, or of the course, by default of the usual one."""
    _usage.take_languages(course)
    if value is None or value in spoken():
        return value
    raise typer.BadParameter(f"--lang (={value!r}) must be one of {', '.join(spoken())}")


def read_isolation(value: str) -> int | str:
    if value != "auto" and value not in ("0", "1", "2", "3"):
        raise typer.BadParameter(f"--isolation (={value!r}) must be auto, 0, 1, 2 or 3")
    return value if value == "auto" else int(value)


def read_jobs(value: str) -> int | str:
    if value != "auto" and not (value.isascii() and value.isdigit() and int(value)):
        raise typer.BadParameter(f"--jobs (={value!r}) must be auto or a whole number from 1")
    return value if value == "auto" else int(value)


def read_timeout(value: str | None) -> str | None:
    from grader.session import call_seconds

    try:
        call_seconds(value)
    except ValueError as error:
        raise typer.BadParameter(f"--{error}") from error
    return value
