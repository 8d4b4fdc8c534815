"""The commands, their options, and how errors become exit statuses."""

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from grader.cli import _run_commands, _usage
from grader.cli import _student_commands as student
from grader.cli._class_app import class_app
from grader.cli._options import (
    CourseOption,
    DataOption,
    HtmlOption,
    IsolationOption,
    LanguageOption,
    QuestionArgument,
    SeedFileOption,
    SeedOption,
    SubmissionOption,
    TimeoutOption,
    read_course,
    read_given,
    read_isolation,
    read_jobs,
    read_language,
    read_timeout,
)
from grader.cli._output import encode_everything
from grader.messages import default_language, say
from grader.text import one_line, printable

__all__ = ["app", "main"]

USAGE, BROKEN, INTERRUPTED = 2, 3, 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
course_app = typer.Typer(
    help="For authors of courses.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(course_app, name="course")
app.add_typer(class_app)


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"grader {version('jaxcnn')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=_tell_version),
    ] = False,
) -> None:
    """Grades exercises on convolutional networks; student code runs in a sandbox, never here."""


@app.command()
def run(
    questions: Annotated[
        list[str] | None, typer.Argument(help="Questions; all by default.")
    ] = None,
    course: CourseOption = None,
    submission: SubmissionOption = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="CHECK|FUNCTION",
            help="Only these checks, or all that call these functions; may be repeated.",
        ),
    ] = None,
    seed: SeedOption = None,
    seed_file: SeedFileOption = None,
    lang: LanguageOption = None,
    isolation: IsolationOption = "auto",
    timeout: TimeoutOption = None,
    total: Annotated[
        float | None,
        typer.Option("--total", help="Seconds that your code may compute in all.", min=1),
    ] = None,
    data: DataOption = None,
    jobs: Annotated[
        str,
        typer.Option(
            "--jobs",
            metavar="N|auto",
            help="Questions graded side by side, with the same result; as many as the machine has room for.",
        ),
    ] = "auto",
    json: Annotated[Path | None, typer.Option("--json", help="Write the result as JSON.")] = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write JUnit XML.")] = None,
    html: HtmlOption = None,
) -> None:
    """Grade the exercises: what is wrong, why, and on which smallest input.

    Budgets are in your code's own time: what it computes, and what it sleeps or waits; a busy machine costs nothing.
    Exit status: 0 full marks, 1 not yet, 2 usage, 3 not all was graded: the grader failed, or the machine was too busy.
    """
    _run_commands.run(
        read_course(course),
        questions or [],
        submission,
        only=only or [],
        seed=seed,
        seed_file=seed_file,
        language=read_language(lang, course),
        isolation=read_isolation(isolation),
        timeout=read_timeout(timeout),
        total=total,
        data=data,
        jobs=read_jobs(jobs),
        json=json,
        junit=junit,
        html=html,
    )


@app.command()
def watch(
    question: Annotated[str | None, typer.Argument(help="Question; the first open one.")] = None,
    course: CourseOption = None,
    submission: SubmissionOption = None,
    lang: LanguageOption = None,
    isolation: IsolationOption = "auto",
    timeout: TimeoutOption = None,
    browser: Annotated[
        bool, typer.Option("--browser", help="Show the report on a page of a browser too.")
    ] = False,
) -> None:
    """Grade a question again whenever its file is saved, and go on to the next when it is right."""
    _run_commands.watch(
        read_course(course),
        question,
        submission,
        language=read_language(lang, course),
        isolation=read_isolation(isolation),
        timeout=read_timeout(timeout),
        browser=browser,
    )


@app.command("list")
def list_questions(course: CourseOption = None, lang: LanguageOption = None) -> None:
    """List the questions, their points, and how far you are."""
    student.list_questions(read_course(course), read_language(lang, course))


@app.command()
def show(
    question: QuestionArgument,
    course: CourseOption = None,
    lang: LanguageOption = None,
    html: HtmlOption = None,
) -> None:
    """Show the statement of a question, or a page that statements point to."""
    student.show(read_course(course), question, read_language(lang, course), html)


@app.command()
def hint(
    question: QuestionArgument,
    function: Annotated[
        str | None, typer.Argument(help="One function of it; the whole question by default.")
    ] = None,
    level: Annotated[
        int | None, typer.Option("--level", help="1 to 3; the next one by default.", min=1, max=3)
    ] = None,
    course: CourseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Show a hint; each further call shows one that says more."""
    student.hint(read_course(course), question, function, level, read_language(lang, course))


@app.command()
def solution(
    question: QuestionArgument,
    course: CourseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Show the reference solution of a question that you have passed, with a commentary."""
    student.solution(read_course(course), question, read_language(lang, course))


@app.command()
def reset(
    question: QuestionArgument,
    course: CourseOption = None,
    submission: SubmissionOption = None,
    lang: LanguageOption = None,
) -> None:
    """Put the original stub back; your file is kept under .grader/backup."""
    student.reset(read_course(course), question, submission, read_language(lang, course))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The working folder to make.")],
    notebook: Annotated[
        bool, typer.Option("--notebook", help="A Jupyter notebook for each question.")
    ] = False,
    own: Annotated[
        str | None,
        typer.Option(
            "--student",
            metavar="ID",
            help="Your id, as the teacher has it: the numbers of some questions are drawn from it.",
        ),
    ] = None,
    course: CourseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make a working folder with the stubs, in one language."""
    course = course or _usage.course_for(folder)
    student.init(course, folder, notebook, own, read_given(lang, course))


@app.command()
def export(
    platform: Annotated[
        str, typer.Argument(help="docker, github, gradescope or moodle.", metavar="PLATFORM")
    ],
    folder: Annotated[Path, typer.Argument(help="A new folder for what the platform is given.")],
    course: CourseOption = None,
    install: Annotated[
        str | None,
        typer.Option("--install", help="What pip installs there; this version by default."),
    ] = None,
    wheel: Annotated[
        Path | None, typer.Option("--wheel", help="A wheel of the grader, to be taken along.")
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Write what Gradescope, GitHub, Moodle or a container needs to grade a course."""
    from grader.cli import _export_commands

    _export_commands.export(
        platform, read_course(course), folder, install, wheel, read_language(lang, course)
    )


@course_app.command("new")
def course_new(
    name: Annotated[str, typer.Argument(help="Id of the course, such as maths.")],
    question: Annotated[
        str, typer.Argument(help="Name of its first question, such as pooling.")
    ] = "first",
    lang: Annotated[
        str | None,
        typer.Option(
            "--lang",
            help="The only language of the course, such as en or de; fr and en by default.",
        ),
    ] = None,
    folder: Annotated[
        Path, typer.Option("--folder", help="Where solutions/ and exercises/ are, or will be.")
    ] = Path(),
) -> None:
    """Begin a course: its manifest and one question, in files that say what is still to be written."""
    from grader.cli import _course_commands

    _course_commands.new(name, question, lang, folder)


@course_app.command("add")
def course_add(
    course: Annotated[str, typer.Argument(help="Course id, or path of its folder.")],
    question: Annotated[str, typer.Argument(help="Name of the question, such as pooling.")],
) -> None:
    """Add a question to a course, in files that say what is still to be written."""
    from grader.cli import _course_commands

    _course_commands.add(course, question)


@course_app.command("messages")
def course_messages(
    course: Annotated[str, typer.Argument(help="Course id, or path of its folder.")],
    language: Annotated[str, typer.Argument(help="Code of a language, such as de.")],
) -> None:
    """Begin, or complete, the table of the grader's sentences in a further language."""
    from grader.cli import _course_commands

    _course_commands.messages(course, language)


@course_app.command("pack")
def course_pack(
    course: Annotated[str, typer.Argument(help="Course id, or path of its folder.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the two archives.")],
    seed: SeedOption = None,
    lang: Annotated[
        str | None, typer.Option("--lang", help="The only language of the stubs; all by default.")
    ] = None,
) -> None:
    """Write two archives: the students', without a line of a solution, and the instructors', with everything."""
    from grader.cli import _course_commands

    _course_commands.pack(course, out, seed, read_given(lang, course))


@course_app.command("list")
def course_list() -> None:
    """List the courses that are installed."""
    from grader.course import list_courses

    for name in list_courses():
        typer.echo(one_line(name))


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
    wrong: Annotated[
        Path | None,
        typer.Option(
            "--wrong",
            help="Folder of answers (q01/NAME.py): none may get full marks but those called ok_...",
        ),
    ] = None,
    mistakes: Annotated[
        int | None,
        typer.Option(
            "--mistakes",
            min=1,
            help="Try at most so many mistakes of each function, spread over all; all by default.",
        ),
    ] = None,
    draws: Annotated[
        int,
        typer.Option(
            "--draws",
            min=0,
            help="On so many seeds, look whether every known mistake shows in the cases drawn.",
        ),
    ] = 0,
) -> None:
    """Prove a course: stubs in sync and worth 0, references full marks, every mistake named."""
    from grader.cli import _course_commands

    level = read_isolation(isolation)
    _course_commands.check(course, questions or [], seed, level, wrong, mistakes, draws)


@course_app.command("preview")
def course_preview(
    html: Annotated[Path, typer.Option("--html", help="The page to write.")],
    course: Annotated[
        str, typer.Argument(help="Course id, or path of its folder.")
    ] = _usage.DEFAULT_COURSE,
    questions: Annotated[
        list[str] | None, typer.Argument(help="Questions; all by default.")
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Write the statements and hints as students see them, with formulas and figures, on a page for a browser."""
    from grader.cli import _course_commands

    _course_commands.preview(course, questions or [], read_language(lang, course), html)


@course_app.command("stubs")
def course_stubs(
    course: Annotated[
        str, typer.Argument(help="Course id, or path of its folder.")
    ] = _usage.DEFAULT_COURSE,
) -> None:
    """Cut the stubs of a course from its solutions."""
    from grader.cli import _course_commands

    _course_commands.stubs(course)


def main() -> None:
    """Run the command line; errors of usage end with status 2, those of the grader with 3."""
    encode_everything()
    try:
        app()
    except _usage.UsageError as error:
        print(printable(f"grader: {error}"), file=sys.stderr)
        sys.exit(USAGE)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        sys.exit(INTERRUPTED)
    except Exception:
        print(printable(traceback.format_exc()), end="", file=sys.stderr)
        print(f"grader: {say('broken', default_language())}", file=sys.stderr)
        sys.exit(BROKEN)
