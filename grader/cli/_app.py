"""The commands, their options, and how errors become exit statuses."""

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from grader.cli import _run_commands, _usage
from grader.cli import _student_commands as student
from grader.cli._output import encode_everything
from grader.messages import LANGUAGES, Language, default_language, say

__all__ = ["app", "main"]

USAGE, BROKEN, INTERRUPTED = 2, 3, 130

app = typer.Typer(
    help="Grades exercises on convolutional networks; student code runs in a sandbox, never here.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
course_app = typer.Typer(
    help="For authors of courses.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(course_app, name="course")

CourseOption = Annotated[str, typer.Option("--course", help="Course id, or path of its folder.")]
LanguageOption = Annotated[
    str | None, typer.Option("--lang", help="fr or en; from the locale by default.")
]
SubmissionOption = Annotated[
    Path | None,
    typer.Option("--submission", help="Folder with the files; exercises/ by default."),
]
SeedOption = Annotated[
    int | None, typer.Option("--seed", help="Repeat the draws of an earlier run.")
]
IsolationOption = Annotated[
    str, typer.Option("--isolation", help="auto, 0 (process), 1 (limited), 2 (sandboxed).")
]
DataOption = Annotated[
    str | None,
    typer.Option("--data", help="Real data that the checks draw from; the course names them."),
]
QuestionArgument = Annotated[str, typer.Argument(help="Question, such as q01 or 1.")]


@app.command()
def run(
    questions: Annotated[
        list[str] | None, typer.Argument(help="Questions; all by default.")
    ] = None,
    course: CourseOption = _usage.DEFAULT_COURSE,
    submission: SubmissionOption = None,
    seed: SeedOption = None,
    lang: LanguageOption = None,
    isolation: IsolationOption = "auto",
    timeout: Annotated[
        float | None, typer.Option("--timeout", help="Seconds for one call.", min=0.1)
    ] = None,
    data: DataOption = None,
    json: Annotated[Path | None, typer.Option("--json", help="Write the result as JSON.")] = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML.")] = None,
) -> None:
    """Grade the exercises: what is wrong, why, and on which smallest input.

    Exit status: 0 full marks, 1 not yet, 2 usage, 3 the grader itself failed.
    """
    _run_commands.run(
        course,
        questions or [],
        submission,
        seed=seed,
        language=_language(lang),
        isolation=_isolation(isolation),
        timeout=timeout,
        data=data,
        json=json,
        junit=junit,
    )


@app.command()
def watch(
    question: Annotated[str | None, typer.Argument(help="Question; the first open one.")] = None,
    course: CourseOption = _usage.DEFAULT_COURSE,
    submission: SubmissionOption = None,
    lang: LanguageOption = None,
    isolation: IsolationOption = "auto",
) -> None:
    """Grade a question again whenever its file is saved, and go on to the next when it is right."""
    _run_commands.watch(course, question, submission, _language(lang), _isolation(isolation))


@app.command("list")
def list_questions(
    course: CourseOption = _usage.DEFAULT_COURSE, lang: LanguageOption = None
) -> None:
    """List the questions, their points, and how far you are."""
    student.list_questions(course, _language(lang))


@app.command()
def show(
    question: QuestionArgument,
    course: CourseOption = _usage.DEFAULT_COURSE,
    lang: LanguageOption = None,
) -> None:
    """Show the statement of a question."""
    student.show(course, question, _language(lang))


@app.command()
def hint(
    question: QuestionArgument,
    level: Annotated[
        int | None, typer.Option("--level", help="1 to 3; the next one by default.", min=1, max=3)
    ] = None,
    course: CourseOption = _usage.DEFAULT_COURSE,
    lang: LanguageOption = None,
) -> None:
    """Show a hint; each further call shows one that says more."""
    student.hint(course, question, level, _language(lang))


@app.command()
def solution(
    question: QuestionArgument,
    course: CourseOption = _usage.DEFAULT_COURSE,
    lang: LanguageOption = None,
) -> None:
    """Show the reference solution of a question that you have passed."""
    student.solution(course, question, _language(lang))


@app.command()
def reset(
    question: QuestionArgument,
    course: CourseOption = _usage.DEFAULT_COURSE,
    submission: SubmissionOption = None,
    lang: LanguageOption = None,
) -> None:
    """Put the original stub back; your file is kept under .grader/backup."""
    student.reset(course, question, submission, _language(lang))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The working folder to make.")],
    course: CourseOption = _usage.DEFAULT_COURSE,
    lang: LanguageOption = None,
) -> None:
    """Make a working folder with the stubs, in one language."""
    student.init(course, folder, _language(lang))


@course_app.command("list")
def course_list() -> None:
    """List the courses that are installed."""
    from grader.course import list_courses

    for name in list_courses():
        typer.echo(name)


@course_app.command("check")
def course_check(
    course: Annotated[
        str, typer.Argument(help="Course id, or path of its folder.")
    ] = _usage.DEFAULT_COURSE,
    questions: Annotated[
        list[str] | None, typer.Argument(help="Questions; all by default.")
    ] = None,
    seed: SeedOption = None,
    isolation: IsolationOption = "auto",
) -> None:
    """Prove a course: stubs in sync and worth 0, references full marks, every mistake named."""
    from grader.cli import _course_commands

    _course_commands.check(course, questions or [], seed, _isolation(isolation))


@course_app.command("stubs")
def course_stubs(
    course: Annotated[
        str, typer.Argument(help="Course id, or path of its folder.")
    ] = _usage.DEFAULT_COURSE,
) -> None:
    """Cut the stubs of a course from its solutions."""
    from grader.cli import _course_commands

    _course_commands.stubs(course)


def _language(value: str | None) -> Language:
    if value is None:
        return default_language()
    if value not in LANGUAGES:
        raise typer.BadParameter(f"--lang (={value!r}) must be one of {', '.join(LANGUAGES)}")
    return value


def _isolation(value: str) -> int | str:
    if value != "auto" and value not in ("0", "1", "2"):
        raise typer.BadParameter(f"--isolation (={value!r}) must be auto, 0, 1 or 2")
    return value if value == "auto" else int(value)


def main() -> None:
    """Run the command line; errors of usage end with status 2, those of the grader with 3."""
    encode_everything()
    try:
        app()
    except _usage.UsageError as error:
        print(f"grader: {error}", file=sys.stderr)
        sys.exit(USAGE)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        sys.exit(INTERRUPTED)
    except Exception:
        traceback.print_exc()
        print(f"grader: {say('broken', default_language())}", file=sys.stderr)
        sys.exit(BROKEN)
