"""What the student's commands do, but for grading."""

import contextlib
import datetime
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli import _usage
from grader.cli._output import console, tell
from grader.cli._usage import UsageError
from grader.messages import Language, no_break, say

if TYPE_CHECKING:
    from grader.course import Course, Question

__all__ = ["hint", "init", "list_questions", "reset", "show", "solution"]

_LEVEL = re.compile(r"^## \d+\s*$", re.MULTILINE)
_CODE = re.compile(r"(^```.*?^```|^~~~.*?^~~~|^    .*?$|`[^`\n]*`)", re.MULTILINE | re.DOTALL)


def list_questions(course_name: str, language: Language) -> None:
    from rich.table import Table
    from rich.text import Text

    from grader.cli._state import State

    course = _usage.find(course_name, language)
    state = State.load()
    table = Table(
        title=Text(course.title[language]), title_justify="left", box=None, pad_edge=False
    )
    for key in ("question", "title", "points", "verdict"):
        table.add_column(say(key, language), justify="right" if key == "points" else "left")
    score = 0.0
    for question in course.questions:
        record = state.record(course, question)
        score += record.score if record else 0
        verdict = say(f"verdict_{record.verdict}", language) if record else ""
        points = f"{record.score:g}" if record else "–"
        cells = question.id, question.title[language], f"{points} / {question.points:g}", verdict
        table.add_row(*map(Text, cells), style="green" if record and record.passed else None)
    out = console()
    out.print(table)
    total = sum(question.points for question in course.questions)
    out.print(Text(f"\n{say('score', language)} {score:g} / {total:g}", style="bold"))
    if current := state.first_open(course):
        begun = any(state.record(course, question) for question in course.questions)
        key = "next_question" if begun else "to_begin"
        _suggest(key, f"grader show {current.id}", course_name, language)


def show(course_name: str, question_id: str, language: Language) -> None:
    course, question = _question(course_name, question_id, language)
    _print_markdown(_text(course, question, "statement", "no_text", language), language)
    with contextlib.suppress(UsageError):  # an instructor may have no working folder
        folder = _usage.submission_folder(course, None, language)
        path = _usage.place_of(course, folder) / question.file
        tell(f"\n{say('your_file', language, file=path)}", style="dim")
        _suggest("then", f"grader run {question.id}", course_name, language)


def hint(course_name: str, question_id: str, level: int | None, language: Language) -> None:
    from grader.cli._state import State

    course, question = _question(course_name, question_id, language)
    text = _text(course, question, "hints", "no_hints", language)
    levels = [part.strip() for part in _LEVEL.split(text)[1:]]
    if not levels:
        raise UsageError(say("no_hints", language, question=question.id))
    state = State.load()
    level = min(level or state.hint_level(course, question) + 1, len(levels))
    with contextlib.suppress(OSError):  # a read-only folder: nothing to remember then
        state.save_hint(course, question, level)
    _print_markdown(f"**{question.id} · {level}/{len(levels)}**\n\n{levels[level - 1]}", language)
    console().print()
    if level < len(levels):
        _suggest("more_hints", f"grader hint {question.id}", course_name, language)
    elif level > 1:
        _suggest("last_hint", f"grader hint {question.id} --level 1", course_name, language)


def solution(course_name: str, question_id: str, language: Language) -> None:
    from rich.syntax import Syntax

    from grader.cli._state import State
    from grader.course import in_language, without_markers

    course, question = _question(course_name, question_id, language)
    record = State.load().record(course, question)
    if record is None or not record.passed:
        locked = say("solution_locked", language, question=question.id)
        command = f"grader run {question.id}{_usage.course_option(course_name)}"
        raise UsageError(locked + command)
    source = (course.path / question.folder / "solution.py").read_text(encoding="utf-8")
    text = in_language(without_markers(source), language)
    code = Syntax(text, "python", background_color="default").highlight(text)
    console().print(code, soft_wrap=True)  # whole lines, as someone may want to copy them


def reset(course_name: str, question_id: str, submission: Path | None, language: Language) -> None:
    from grader.course import in_language, packaged_exercises

    course, question = _question(course_name, question_id, language)
    folder = _usage.submission_folder(course, submission, language)
    path = _usage.place_of(course, folder) / question.file
    stub = (packaged_exercises(course) / question.file).read_text(encoding="utf-8")
    text = in_language(stub, language)
    if path.is_file():
        content = path.read_bytes()
        now = datetime.datetime.now().strftime("%Y%m%d-%H%M%S-%f")
        backup = Path(".grader") / "backup" / f"{now}-{question.file}"
        _usage.write(backup, content, language)
        tell(say("kept", language, file=backup))
        if b"FR:" in content and b"EN:" in content:
            text = stub
    _usage.write(path, text.encode(), language)
    tell(say("restored", language, file=path))


def init(course_name: str, folder: Path, language: Language) -> None:
    from grader.course import in_language, packaged_exercises

    course = _usage.find(course_name, language)
    place = folder / "exercises" / course.id
    there = []
    for question in course.questions:
        target = place / question.file
        if target.exists() or target.is_symlink():
            there.append(target)
            continue
        stub = (packaged_exercises(course) / question.file).read_text(encoding="utf-8")
        _usage.write(target, in_language(stub, language).encode(), language)
    if there:
        text = say("left_alone", language, count=len(there), file=there[0])
        tell(text)
    title = course.title[language]
    tell(say("made", language, folder=folder, course=title))
    # The commands are for the new folder, from where a relative path would lead elsewhere.
    option = _usage.course_option(course_name if course_name == course.id else str(course.path))
    first = course.questions[0].id
    steps = {
        f"cd {shlex.quote(str(folder))}": "",
        f"grader list{option}": say("made_list", language),
        f"grader show {first}{option}": say("made_show", language),
        f"grader run {first}{option}": say("made_run", language),
    }
    width = max(map(len, steps)) + 4
    for command, what in steps.items():
        tell(f"  {command.ljust(width)}{what}".rstrip())


# ------------------------------------------------------------------------------------------ helpers


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

    from grader.report import glued

    if language == "fr":
        parts = _CODE.split(text)
        parts[::2] = map(no_break, parts[::2])
        text = glued("".join(parts))
    console().print(Markdown(text))
