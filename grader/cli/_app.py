"""The commands, their options, and how errors become exit statuses."""

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from grader.cli import _run_commands, _usage
from grader.cli import _student_commands as student
from grader.cli._output import encode_everything
from grader.cli._seed import MOST
from grader.messages import LANGUAGES, Language, default_language, say
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

CourseOption = Annotated[
    str | None,
    typer.Option(
        "--course",
        help="Course id, or path of its folder; what the working folder was made for by default.",
    ),
]
LanguageOption = Annotated[
    str | None,
    typer.Option("--lang", help="fr or en; the working folder's by default, else the locale's."),
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
        _course(course),
        questions or [],
        submission,
        only=only or [],
        seed=seed,
        seed_file=seed_file,
        language=_language(lang),
        isolation=_isolation(isolation),
        timeout=_timeout(timeout),
        total=total,
        data=data,
        jobs=_jobs(jobs),
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
        _course(course),
        question,
        submission,
        language=_language(lang),
        isolation=_isolation(isolation),
        timeout=_timeout(timeout),
        browser=browser,
    )


@app.command("list")
def list_questions(course: CourseOption = None, lang: LanguageOption = None) -> None:
    """List the questions, their points, and how far you are."""
    student.list_questions(_course(course), _language(lang))


@app.command()
def show(
    question: QuestionArgument,
    course: CourseOption = None,
    lang: LanguageOption = None,
    html: HtmlOption = None,
) -> None:
    """Show the statement of a question, or a page that statements point to."""
    student.show(_course(course), question, _language(lang), html)


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
    student.hint(_course(course), question, function, level, _language(lang))


@app.command()
def solution(
    question: QuestionArgument,
    course: CourseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Show the reference solution of a question that you have passed, with a commentary."""
    student.solution(_course(course), question, _language(lang))


@app.command()
def reset(
    question: QuestionArgument,
    course: CourseOption = None,
    submission: SubmissionOption = None,
    lang: LanguageOption = None,
) -> None:
    """Put the original stub back; your file is kept under .grader/backup."""
    student.reset(_course(course), question, submission, _language(lang))


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The working folder to make.")],
    notebook: Annotated[
        bool, typer.Option("--notebook", help="A Jupyter notebook for each question.")
    ] = False,
    course: CourseOption = None,
    lang: LanguageOption = None,
) -> None:
    """Make a working folder with the stubs, in one language."""
    student.init(course or _usage.DEFAULT_COURSE, folder, notebook, _given(lang))


RosterOption = Annotated[
    Path | None,
    typer.Option("--roster", help="CSV of the students: ids, names, e-mail addresses."),
]


@app.command()
def handins(
    path: Annotated[Path, typer.Argument(help="Folder, zip or tar with what a class handed in.")],
    roster: RosterOption = None,
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
    from grader.cli import _class_commands

    _class_commands.handins(
        _course(course), path, roster, files=files, json=json, language=_language(lang)
    )


@app.command()
def cohort(
    path: Annotated[Path, typer.Argument(help="Folder, zip or tar with what a class handed in.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the results.")],
    roster: RosterOption = None,
    questions: Annotated[
        list[str] | None, typer.Option("--question", help="Grade this one only; may be repeated.")
    ] = None,
    course: CourseOption = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on: grade what has no result yet, or is new.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", help="Submissions at a time; by cores and memory.", min=1),
    ] = None,
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
    from grader.cli import _class_commands

    _class_commands.cohort(
        _course(course),
        path,
        out,
        roster,
        questions or [],
        store_url=store,
        seed_file=seed_file,
        language=_language(lang),
        isolation=_isolation(isolation),
        trust_submissions=trust_submissions,
        timeout=_timeout(timeout),
        total=total,
        data=data,
        jobs=jobs,
        resume=resume,
    )


@app.command()
def regrade(
    out: Annotated[Path, typer.Argument(help="Folder of the cohort (-o of `grader cohort`).")],
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
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", help="Submissions at a time; by cores and memory.", min=1),
    ] = None,
    seed_file: Annotated[
        Path | None,
        typer.Option("--seed-file", help="The secret seed of the cohort; OUT/seed by default."),
    ] = None,
    store: Annotated[
        str | None, typer.Option("--store", help="Database URL, if the cohort has one.")
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Grade questions of a cohort again, on the same cases, after the course was repaired; old results are kept.

    Exit status: 0 all is graded again, 2 usage or no room for results, 3 some could not be, and keep what they had.
    """
    from grader.cli import _class_commands

    _class_commands.regrade(
        out,
        course,
        questions or [],
        students or [],
        store_url=store,
        seed_file=seed_file,
        why=why,
        jobs=jobs,
        resume=resume,
        language=_language(lang),
    )


@app.command()
def marks(
    out: Annotated[Path, typer.Argument(help="Folder of the cohort (-o of `grader cohort`).")],
    total: Annotated[
        float | None, typer.Option("--total", help="What full points give, such as 20.", min=0.01)
    ] = None,
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
    store: Annotated[
        str | None, typer.Option("--store", help="Database URL, if the cohort has one.")
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Make marks of a cohort's results; nothing is graded again. All files are written into its folder.

    Who has open points, or handed in nothing, gets no mark, and is named.
    """
    from grader.cli import _class_commands

    _class_commands.marks(
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
        language=_language(lang),
    )


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

    _export_commands.export(platform, _course(course), folder, install, wheel, _language(lang))


@app.command()
def pages(
    out: Annotated[Path, typer.Argument(help="Folder of the cohort (-o of `grader cohort`).")],
    policy: Annotated[
        Path | None, typer.Option("--policy", help="TOML, as for `grader marks`.")
    ] = None,
    total: Annotated[
        float | None, typer.Option("--total", help="What full points give, such as 20.", min=0.01)
    ] = None,
    moodle_feedback: Annotated[
        Path | None,
        typer.Option("--moodle-feedback", metavar="ZIP", help="Write the zip that Moodle takes."),
    ] = None,
    course: CourseOption = None,
    store: Annotated[
        str | None, typer.Option("--store", help="Database URL, if the cohort has one.")
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """Write a page of the class, OUT/pages/index.html, and one for each student, who sees nothing of the others."""
    from grader.cli import _class_commands

    _class_commands.pages(
        out,
        course,
        store_url=store,
        policy=policy,
        scale=total,
        moodle_feedback=moodle_feedback,
        language=_language(lang),
    )


@app.command()
def similar(
    out: Annotated[Path, typer.Argument(help="Folder of the cohort (-o of `grader cohort`).")],
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
    store: Annotated[
        str | None, typer.Option("--store", help="Database URL, if the cohort has one.")
    ] = None,
    lang: LanguageOption = None,
) -> None:
    """List pairs of submissions to look at, by their syntax trees without names and constants; nothing is run.

    What all were given does not count, and what many have counts little. A pair is no verdict.
    """
    from grader.cli import _class_commands

    _class_commands.similar(
        out,
        course,
        questions or [],
        store_url=store,
        at_least=at_least,
        jplag=jplag,
        dolos=dolos,
        language=_language(lang),
    )


@app.command()
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


@course_app.command("list")
def course_list() -> None:
    """List the courses that are installed."""
    from grader.course import list_courses

    for name in list_courses():
        typer.echo(one_line(name))


@course_app.command("new")
def course_new(
    name: Annotated[str, typer.Argument(help="Id of the course, such as maths.")],
    question: Annotated[
        str, typer.Argument(help="Name of its first question, such as pooling.")
    ] = "first",
    lang: Annotated[
        str | None, typer.Option("--lang", help="The only language of the course; both by default.")
    ] = None,
    folder: Annotated[
        Path, typer.Option("--folder", help="Where solutions/ and exercises/ are, or will be.")
    ] = Path(),
) -> None:
    """Begin a course: its manifest and one question, in files that say what is still to be written."""
    from grader.cli import _course_commands

    _course_commands.new(name, question, _given(lang), folder)


@course_app.command("add")
def course_add(
    course: Annotated[str, typer.Argument(help="Course id, or path of its folder.")],
    question: Annotated[str, typer.Argument(help="Name of the question, such as pooling.")],
) -> None:
    """Add a question to a course, in files that say what is still to be written."""
    from grader.cli import _course_commands

    _course_commands.add(course, question)


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
) -> None:
    """Prove a course: stubs in sync and worth 0, references full marks, every mistake named."""
    from grader.cli import _course_commands

    _course_commands.check(course, questions or [], seed, _isolation(isolation), wrong)


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

    _course_commands.pack(course, out, seed, _given(lang))


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

    _course_commands.preview(course, questions or [], _language(lang), html)


@course_app.command("stubs")
def course_stubs(
    course: Annotated[
        str, typer.Argument(help="Course id, or path of its folder.")
    ] = _usage.DEFAULT_COURSE,
) -> None:
    """Cut the stubs of a course from its solutions."""
    from grader.cli import _course_commands

    _course_commands.stubs(course)


def _course(value: str | None) -> str:
    return value or _usage.default_course()


def _language(value: str | None) -> Language:
    return _given(value) or _usage.folder_language() or default_language()


def _given(value: str | None) -> Language | None:
    if value is None or value in LANGUAGES:
        return value
    raise typer.BadParameter(f"--lang (={value!r}) must be one of {', '.join(LANGUAGES)}")


def _isolation(value: str) -> int | str:
    if value != "auto" and value not in ("0", "1", "2", "3"):
        raise typer.BadParameter(f"--isolation (={value!r}) must be auto, 0, 1, 2 or 3")
    return value if value == "auto" else int(value)


def _jobs(value: str) -> int | str:
    if value != "auto" and not (value.isascii() and value.isdigit() and int(value)):
        raise typer.BadParameter(f"--jobs (={value!r}) must be auto or a whole number from 1")
    return value if value == "auto" else int(value)


def _timeout(value: str | None) -> str | None:
    from grader.session import call_seconds

    try:
        call_seconds(value)
    except ValueError as error:
        raise typer.BadParameter(f"--{error}") from error
    return value


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
