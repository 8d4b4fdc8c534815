"""What the student's commands do, but for grading."""

import contextlib
import datetime
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli import _usage
from grader.cli._dates import moment, now, require_open
from grader.cli._folder import MEMORY, working_folder
from grader.cli._output import console, tell
from grader.cli._pages import write_statements, write_text
from grader.cli._usage import UsageError
from grader.messages import Language, default_language, heard, say, spoken, told, typeset
from grader.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from grader.cli._state import Record
    from grader.course import Course, Number, Question

__all__ = ["hint", "init", "list_questions", "reset", "show", "solution"]

_CODE = re.compile(r"(^```.*?^```|^~~~.*?^~~~|^    .*?$|`[^`\n]*`)", re.MULTILINE | re.DOTALL)


def list_questions(course_name: str, language: Language) -> None:
    from rich.table import Table

    from grader.cli._state import State
    from grader.report import plain

    course = _usage.find(course_name, language)
    state = State.load()
    table = Table(
        title=plain(told(course.title, language)), title_justify="left", box=None, pad_edge=False
    )
    for key in ("question", "title", "points", "verdict"):
        table.add_column(say(key, language), justify="right" if key == "points" else "left")
    score = 0.0
    for question in course.questions:
        record = state.record(course, question)
        score += record.best if record else 0
        verdict = _verdict(record, language) if record else ""
        points = f"{record.best:g}" if record else "–"
        verdict = " ".join(filter(None, [verdict, _when(question)]))
        cells = (
            question.id,
            told(question.title, language),
            f"{points} / {question.points:g}",
            verdict,
        )
        table.add_row(*map(plain, cells), style="green" if record and record.passed else None)
    out = console()
    out.print(table)
    total = sum(question.points for question in course.questions)
    out.print(plain(f"\n{say('score', language)} {score:g} / {total:g}", "bold"))
    if current := state.first_open(course):
        begun = any(state.record(course, question) for question in course.questions)
        key = "next_question" if begun else "to_begin"
        _suggest(key, f"grader show {current.id}", course_name, language)


def _when(question: "Question") -> str:
    """Until when one works on it, or from when on."""
    if question.opens and question.at(now()) == "early":
        return f"({moment(question.opens)} →)"
    return f"(→ {moment(question.closes)})" if question.closes else ""


def _verdict(record: "Record", language: Language) -> str:
    """The best verdict, and the last one where that was worse."""
    last = say(f"verdict_{record.verdict}", language)
    if not record.slipped:
        return last
    best = say("verdict_passed" if record.passed else "verdict_failed", language)
    return f"{best} ({say('last_time', language, score=f'{record.score:g}', verdict=last)})"


def show(course_name: str, question_id: str, language: Language, html: Path | None = None) -> None:
    from grader.course import student_file, text_with_numbers
    from grader.course._location import FILES

    course = _usage.find(course_name, language)
    if question_id in course.pages:
        if html:
            _usage.check_writable(html, language)
            write_text(html, course, question_id, language)
            tell(say("written", language, file=html))
        else:
            _print_markdown(course.page(question_id, language), language)
        return
    question = _usage.find_question(course, question_id, language)
    require_open(question, language)
    if html:
        _text(course, question, "statement", "no_text", language)
        _usage.check_writable(html, language)
        write_statements(html, course, [question], course_name, language)
        tell(say("written", language, file=html))
        return
    statement = _text(course, question, "statement", "no_text", language)
    _print_markdown(text_with_numbers(statement, _usage.numbers_here(course, question)), language)
    with contextlib.suppress(UsageError):  # an instructor may have no working folder
        folder = _usage.submission_folder(course, None, language)
        path = student_file(_usage.place_of(course, folder), question)
        tell(f"\n{say('your_file', language, file=path)}", style="dim")
        beside = path.parent / FILES / question.folder
        names = [n for n in course.attachments(question) if (beside / n).is_file()]
        if names := [n for n in names if not _of_another_language(n, names, language)]:
            tell(say("files_beside", language, folder=beside, names=", ".join(names)), style="dim")
        _suggest("then", f"grader run {question.id}", course_name, language)


def _of_another_language(name: str, names: list[str], language: Language) -> bool:
    """Whether a file is another one's in another language: ``strides.fr.png`` beside ``strides.en.png``."""
    mine = re.sub(rf"\.({'|'.join(spoken())})(?=\.\w+$)", f".{language}", name)
    return mine != name and mine in names


def hint(
    course_name: str,
    question_id: str,
    function: str | None,
    level: int | None,
    language: Language,
) -> None:
    from grader.cli._state import State
    from grader.course import (
        function_hints,
        functions_with_hints,
        hint_levels,
        text_with_numbers,
    )

    course, question = _question(course_name, question_id, language)
    require_open(question, language)
    text = _text(course, question, "hints", "no_hints", language)
    levels = hint_levels(text_with_numbers(text, _usage.numbers_here(course, question)))
    functions = functions_with_hints(levels)
    if function is not None:
        levels = function_hints(levels, function)
        if not levels:
            known = ", ".join(functions) or "-"
            name = one_line(function)
            text = say("no_such_hint", language, function=name, question=question.id, known=known)
            raise UsageError(text)
    if not levels:
        raise UsageError(say("no_hints", language, question=question.id))
    state = State.load()
    level = min(level or state.hint_level(course, question, function) + 1, len(levels))
    with contextlib.suppress(OSError):  # a read-only folder: nothing to remember then
        state.save_hint(course, question, level, function)
    about = f"{question.id} · {function}" if function else question.id
    _print_markdown(f"**{about} · {level}/{len(levels)}**\n\n{levels[level - 1]}", language)
    console().print()
    again = f"grader hint {question.id}" + (f" {function}" if function else "")
    if level < len(levels):
        _suggest("more_hints", again, course_name, language)
    elif level > 1:
        _suggest("last_hint", f"{again} --level 1", course_name, language)
    if function is None and len(functions) > 1:
        _suggest(
            "hint_of_function", f"grader hint {question.id} {functions[0]}", course_name, language
        )


def solution(course_name: str, question_id: str, language: Language) -> None:
    from rich.rule import Rule
    from rich.syntax import Syntax

    from grader.cli._state import State
    from grader.course import in_language, load_question, without_markers
    from grader.report import sentence

    course, question = _question(course_name, question_id, language)
    if course.for_students:
        raise UsageError(say("no_solution", language))
    if question.closes and question.at(now()) != "closed":
        when = moment(question.closes)
        raise UsageError(say("solution_later", language, question=question.id, when=when))
    record = State.load().record(course, question)
    if record is None or not record.passed:
        locked = say("solution_locked", language, question=question.id)
        command = f"grader run {question.id}{_usage.course_option(course_name)}"
        raise UsageError(locked + command)
    with _usage.usage_errors():
        numbers = _usage.numbers_here(course, question)
        source = load_question(course, question, numbers).solution
    text = in_language(without_markers(source), language)
    code = Syntax(text, "python", background_color="default").highlight(text)
    out = console()
    out.print(code, soft_wrap=True)  # whole lines, as someone may want to copy them
    with contextlib.suppress(OSError):  # a course that has none
        commentary = course.text(question, "commentary", language)
        out.print(Rule(sentence(say("commentary", language), language), align="left", style="dim"))
        _print_markdown(commentary, language)


def reset(course_name: str, question_id: str, submission: Path | None, language: Language) -> None:
    from grader.cli._state import State

    course, question = _question(course_name, question_id, language)
    folder = _usage.submission_folder(course, submission, language)
    _usage.check_place(course, folder, question_id, language)
    place = _usage.place_of(course, folder)
    script, notebook = place / question.file, place / question.notebook
    # Of a notebook and the script that is paired with it, what would stay would be taken for the work.
    paths = [path for path in (notebook, script) if path.is_file()] or [script]
    student = State.load().student if _usage.is_own(course, submission) else None
    numbers = _numbers(course, question, place, student, language)
    for path in paths:
        option = _option_anywhere(course, course_name, _usage.known_course())
        text = _fresh(course, question, numbers, path.suffix == ".ipynb", language, option)
        if path.is_file():
            content = path.read_bytes()
            now = datetime.datetime.now().strftime("%Y%m%d-%H%M%S-%f")
            backup = working_folder() / MEMORY / "backup" / f"{now}-{path.name}"
            _usage.write(backup, content, language)
            tell(say("kept", language, file=backup))
            if path is script and b"FR:" in content and b"EN:" in content:
                text = _stub(course, question, numbers).encode()
        _usage.write(path, text, language)
    if _usage.is_own(course, submission):
        with contextlib.suppress(OSError):
            State.load().forget(course, question)
    for path in paths:
        tell(say("restored", language, file=path))


def _stub(course: "Course", question: "Question", numbers: "Mapping[str, Number]") -> str:
    from grader.course import stub_file, with_numbers

    with _usage.usage_errors():
        content = stub_file(course, question).read_bytes()
        return with_numbers(question, content, numbers).decode("utf-8")


def _numbers(
    course: "Course",
    question: "Question",
    place: Path,
    student: str | None,
    language: Language,
) -> "Mapping[str, Number]":
    """The numbers that a fresh file gets: drawn for the student, where one is known, else those that are there."""
    from grader.course import numbers_of, numbers_there

    if student is None:
        return numbers_there(course, question, place)
    try:
        return numbers_of(course, question, student)
    except ValueError:
        raise UsageError(say("no_student", language, student=one_line(student))) from None


def _option_anywhere(course: "Course", name: str, known: str | None) -> str:
    """What finds the course again from any folder below the working folder, which knows one by its id."""
    if name == course.id:
        return "" if name == known else f" --course {name}"
    return f" --course {shlex.quote(one_line(course.path))}"


def _fresh(
    course: "Course",
    question: "Question",
    numbers: "Mapping[str, Number]",
    notebook: bool,
    language: Language,
    option: str,
) -> bytes:
    """What a student begins with, with these numbers, in one language; ``option`` is for the cell that grades."""
    from grader.course import in_language
    from grader.notebooks import NotebooksUnavailable, stub_notebook

    if not notebook:
        return in_language(_stub(course, question, numbers), language).encode()
    try:
        with _usage.usage_errors():
            return stub_notebook(course, question, language, option, numbers)
    except NotebooksUnavailable as error:
        raise UsageError(str(error)) from error


def init(
    course_name: str,
    folder: Path,
    notebook: bool,
    student: str | None,
    language: Language | None,
) -> None:
    from grader.cli._state import State

    state = State.load(folder)
    language = language or heard(state.language) or default_language()
    student = student if student is not None else state.student
    course = _usage.find(course_name, language)
    place = folder / "exercises" / course.id
    # The commands are for the new folder, from where a relative path would lead elsewhere.
    option = "" if course.for_students else _option_anywhere(course, course_name, course.id)
    there = []
    for question in course.questions:
        target = place / (question.notebook if notebook else question.file)
        numbers = _numbers(course, question, place, student, language)
        mine = student is not None and _unbegun(course, question, target)
        if (target.exists() or target.is_symlink()) and not mine:
            there.append(target)
            continue
        content = _fresh(course, question, numbers, notebook, language, option)
        _usage.write(target, content, language)
    for path, content in _beside(course, folder, place).items():
        if not path.exists():
            _usage.write(path, content, language)
    with _usage.writing(folder, language):
        state.save_folder(language, _remembered(course, course_name), student)
    if there:
        text = say("left_alone", language, count=len(there), file=there[0])
        tell(text)
    title = told(course.title, language)
    tell(say("made", language, folder=folder, course=title))
    _tell_numbers(course, folder, student, language)
    first = course.questions[0].id
    steps = {
        f"cd {shlex.quote(one_line(folder))}": "",
        f"grader list{option}": say("made_list", language),
        f"grader show {first}{option}": say("made_show", language),
        f"grader run {first}{option}": say("made_run", language),
    }
    width = max(map(len, steps)) + 4
    for command, what in steps.items():
        tell(f"  {command.ljust(width)}{what}".rstrip())


def _unbegun(course: "Course", question: "Question", target: Path) -> bool:
    """Whether a file that is there is a stub with numbers, which may be other than the student's: nothing of theirs."""
    from grader.course import is_untouched, read_stub, size_limit, submitted_file

    if not question.numbers or target.is_symlink() or not target.is_file():
        return False
    try:
        with open(target, "rb") as stream:
            read = stream.read(size_limit(target) + 1)
    except OSError:
        return False  # and so it stays as it is
    content = submitted_file(question, target, read).content
    return content is not None and is_untouched(question, content, read_stub(course, question))


def _tell_numbers(course: "Course", folder: Path, student: str | None, language: Language) -> None:
    """Which numbers a new folder has, and how somebody gets their own."""
    from grader.course import numbers_of, numbers_text

    drawing = [question for question in course.questions if question.numbers]
    if not drawing and student is not None:
        tell(say("init_no_numbers", language))
    elif drawing and student is None:
        command = f"grader init {shlex.quote(one_line(folder))} --student ID"
        tell(say("init_own_numbers", language, command=command))
    elif student is not None:
        numbers = "; ".join(
            f"{question.id} {numbers_text(numbers_of(course, question, student))}"
            for question in drawing
        )
        facts = {"student": one_line(student, 60), "numbers": numbers}
        tell(say("init_numbers", language, **facts))


# ------------------------------------------------------------------------------------------ helpers


def _beside(course: "Course", folder: Path, place: Path) -> dict[Path, bytes]:
    """What a new folder holds besides the stubs: figures and data, and a students' package itself."""
    from grader.course._location import FILES, STUDENTS_COURSE

    files = {
        place / FILES / question.folder / name: course.path / question.folder / name
        for question in course.questions
        for name in course.attachments(question)
    }
    if course.for_students and course.path.resolve() != (folder / STUDENTS_COURSE).resolve():
        parts = [path for path in sorted(course.path.rglob("*")) if path.is_file()]
        files |= {folder / STUDENTS_COURSE / path.relative_to(course.path): path for path in parts}
    with _usage.usage_errors():
        return {path: source.read_bytes() for path, source in files.items() if source.is_file()}


def _remembered(course: "Course", name: str) -> str | None:
    """The id by which the course is found again; None where that would lead to another of the same id."""
    from grader.course import list_courses

    return course.id if name == course.id or course.id not in list_courses() else None


def _question(course_name: str, question_id: str, language: Language) -> "tuple[Course, Question]":
    course = _usage.find(course_name, language)
    return course, _usage.find_question(course, question_id, language)


def _text(course: "Course", question: "Question", kind: str, key: str, language: Language) -> str:
    try:
        return course.text(question, kind, language)
    except OSError:
        raise UsageError(say(key, language, question=question.id)) from None


def _suggest(key: str, command: str, course_name: str, language: Language) -> None:
    from grader.report import TerminalReport

    report = TerminalReport(console(), language, _usage.course_option(course_name))
    report.suggest(key, command)


def _print_markdown(text: str, language: Language) -> None:
    from rich.markdown import Markdown

    from grader.report import glued, with_formulas_as_text

    parts = _CODE.split(text)
    parts[::2] = (typeset(with_formulas_as_text(part), language) for part in parts[::2])
    console().print(Markdown(glued("".join(parts))))
