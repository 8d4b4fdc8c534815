"""Pages for a browser, written by the commands that have ``--html``."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli import _usage
from grader.messages import Language, say, told

if TYPE_CHECKING:
    from grader.cases import CaseFolder
    from grader.course import Course, Number, Question
    from grader.report.page import Past
    from grader.results import Result

__all__ = ["live_page", "write_result", "write_statements", "write_text"]


def write_result(
    html: Path,
    result: "Result",
    course: "Course",
    course_name: str,
    language: Language,
    cases: "CaseFolder | None",
) -> None:
    """A run, beside what the working folder remembers from before it."""
    page = _result_page(result, course, course_name, language, cases)
    _usage.write(html, page.encode(), language)


def _result_page(
    result: "Result",
    course: "Course",
    course_name: str,
    language: Language,
    cases: "CaseFolder | None",
) -> str:
    from grader.report.page import to_html

    return to_html(
        result,
        course,
        language,
        history=_history(course),
        options=_usage.course_option(course_name),
        case_command=cases.command if cases else lambda check: "",
    )


@contextlib.contextmanager
def live_page(
    course: "Course", course_name: str, language: Language, cases: "CaseFolder | None"
) -> "Iterator[tuple[str, Callable[[Result], None]]]":
    """A page on localhost until the block is left: its address, and what shows a result on it."""
    try:
        from grader.browser import serve
    except ImportError as error:
        raise _usage.UsageError(say("no_browser_extra", language)) from error
    from grader.report.page import statements_to_html

    title = told(course.title, language)
    questions = course.questions
    first = statements_to_html(
        course, language, questions, history=_history(course), numbers=_numbers(course, questions)
    )
    with serve(first, title, language) as live:

        def show(result: "Result") -> None:
            live.show(_result_page(result, course, course_name, language, cases))

        yield live.address, show


def write_statements(
    html: Path,
    course: "Course",
    questions: "Sequence[Question]",
    course_name: str,
    language: Language,
    *,
    author: bool = False,
) -> None:
    """Statements: for a student with what the working folder remembers, for an author with all hints."""
    from grader.report.page import statements_to_html

    page = statements_to_html(
        course,
        language,
        questions,
        history=None if author else _history(course),
        numbers=None if author else _numbers(course, questions),
        hints=author,
        options=_usage.course_option(course_name),
    )
    _usage.write(html, page.encode(), language)


def write_text(html: Path, course: "Course", name: str, language: Language) -> None:
    """A text of the course beside its questions."""
    from grader.report.page import text_to_html

    _usage.write(html, text_to_html(course, language, name).encode(), language)


def _numbers(
    course: "Course", questions: "Sequence[Question]"
) -> "dict[str, Mapping[str, Number]]":
    """Those of the files in the working folder."""
    return {question.id: _usage.numbers_here(course, question) for question in questions}


def _history(course: "Course") -> "dict[str, Past]":
    from grader.cli._state import State
    from grader.report.page import Past

    state = State.load()
    records = ((question.id, state.record(course, question)) for question in course.questions)
    return {name: Past(last=record.score, best=record.best) for name, record in records if record}
