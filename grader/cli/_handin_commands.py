"""What ``grader handins`` does."""

import itertools
from collections.abc import Iterable, Iterator, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from grader.cli import _usage
from grader.cli._output import console, tell
from grader.messages import Language, say
from grader.text import one_line

if TYPE_CHECKING:
    from rich.table import Table

    from grader.handins import Account, Handin, Handins

__all__ = ["handins"]


def handins(
    course_name: str,
    path: Path,
    roster: Path | None,
    *,
    questions: list[str],
    files: bool,
    json: Path | None,
    language: Language,
) -> None:
    from grader.handins import HandinsError, State, read_handins, to_json

    course = _usage.find(course_name, language)
    chosen = [_usage.find_question(course, name, language).id for name in questions]
    asked = [q.id for q in course.questions if not chosen or q.id in chosen]
    _usage.check_writable(json, language)
    try:
        read = read_handins(course, path, roster)
    except HandinsError as error:
        raise _usage.UsageError(str(error)) from error
    if chosen:
        read = read.about(chosen)
    out = console()
    out.print(_table(asked, read, language))
    for handin in read.handins:
        _print_decisions(handin, language, files)
    if read.strays:
        tell(say("handins_nobody", language), style="bold")
        _print_accounts(read.strays, language)
    states = [handin.state for handin in read.handins]
    counts = {state.value: states.count(state) for state in State}
    tell(say("handins_total", language, count=len(states), **counts), style="bold")
    if json:
        _usage.write(json, to_json(read, course.id, language), language)
    raise typer.Exit(0 if all(state is State.READY for state in states) else 1)


def _table(asked: Sequence[str], read: "Handins", language: Language) -> "Table":
    from rich import box
    from rich.table import Table

    from grader.report import plain

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("handins_student", "handins_state", "handins_questions"):
        table.add_column(plain(say(title, language), "bold"))
    styles = {"ready": "green", "ambiguous": "red", "empty": "yellow", "missing": "yellow"}
    for handin in read.handins:
        who = " ".join(
            filter(None, (one_line(handin.student.id, 60), one_line(handin.student.name, 60)))
        )
        if not handin.student.listed:
            who += f" ({say('handins_unlisted', language)})"
        state = handin.state.value
        table.add_row(
            plain(who),
            plain(say(f"handins_state_{state}", language), styles[state]),
            plain(_questions(asked, handin, language)),
        )
    return table


def _questions(asked: Sequence[str], handin: "Handin", language: Language) -> str:
    there = sum(file.content is not None for file in handin.files)
    text = f"{there} / {len(asked)}"
    missing = {f.question.id for f in handin.files if f.content is None and not f.problem}
    if there and missing:
        told = ", ".join(_runs(asked, missing, language))
        text += " · " + say("handins_missing_questions", language, questions=told)
    return text


def _runs(asked: Sequence[str], missing: Set[str], language: Language) -> Iterator[str]:
    """Questions in the course's order, three or more in a row by the first and the last of them."""
    for gone, run in itertools.groupby(asked, missing.__contains__):
        names = list(run)
        if gone and len(names) > 2:
            yield say("handins_to", language, first=names[0], last=names[-1])
        elif gone:
            yield from names


def _print_decisions(handin: "Handin", language: Language, files: bool) -> None:
    """What somebody has to look at; or all files."""
    from grader.handins import Fate

    quiet = (Fate.GRADED, Fate.IGNORED)
    shown = [a for a in handin.accounts if files or a.fate not in quiet]
    if not shown and not handin.undecided and not handin.notes:
        return
    tell(one_line(handin.student.id, 60), style="bold")
    for why in dict.fromkeys(one.why[language] for one in handin.undecided):  # one for all, perhaps
        tell(f"  {why}", style="red")
    for note in handin.notes:
        text = say("handins_note", language, question=note.question, note=note.text[language])
        tell(f"  {text}", style="yellow")
    told: set[str | None] = {one.question.id for one in handin.undecided}
    _print_accounts(shown, language, told)


def _print_accounts(
    accounts: "Iterable[Account]", language: Language, decided: Set[str | None] = frozenset()
) -> None:
    for account in accounts:
        fate = say(f"handins_fate_{account.fate.value}", language)
        ambiguous = account.fate.value == "ambiguous"
        why = "" if ambiguous and account.question in decided else account.why.get(language, "")
        fate += f" ({why})" if why else ""
        told = say("handins_account", language, path=one_line(account.path), fate=fate)
        tell(f"  {told}", style="dim")
