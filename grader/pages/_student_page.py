"""A page for each student: the report of the result, with the mark and what a person wrote."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from grader.course import Course
from grader.marking import Mark
from grader.messages import Language, say
from grader.report import number
from grader.report.page import Marked, to_html
from grader.results import Result

__all__ = ["StudentPage", "student_pages"]

_MOST_NAME = 60


class StudentPage(NamedTuple):
    """A page.

    Attributes:
        mark: what it is about.
        name: of a file for it, without its ending: no other student's has it.
        page: HTML.
    """

    mark: Mark
    name: str
    page: str


def student_pages(
    marks: Iterable[Mark], course: Course, language: Language, options: str = ""
) -> Iterator[StudentPage]:
    """The pages of all who have a result, one at a time.

    Args:
        marks: of the class.
        course: gives the statements.
        language: of the pages; the results' own texts are in the language they were made in.
        options: added to the commands that a page suggests.
    """
    for place, mark in enumerate(marks, 1):
        if mark.graded.result:
            result = Result.from_json(mark.graded.result)
            page = to_html(
                result, course, language, options=options, marked=_marked(mark, result, language)
            )
            yield StudentPage(mark, f"{place:04}-{_file_name(mark.graded.student)}", page)


def _file_name(student: str) -> str:
    """The id without what the name of a file may not have."""
    return "".join(sign if sign.isalnum() else "_" for sign in student)[:_MOST_NAME]


def _marked(mark: Mark, result: Result, language: Language) -> Marked:
    graded = mark.graded
    told = "–" if mark.mark is None else number(mark.mark, language)
    notes = list(mark.notes)
    for account in graded.handin["accounts"]:
        if account["fate"] in ("unread", "ambiguous"):
            facts = {"path": account["path"], "why": account["why"]}
            notes.append(say("pages_your_file", language, **facts))
    return Marked(
        mark=f"{told} / {number(mark.total, language)}",
        who=graded.name or graded.student,
        notes=notes,
        remarks=_remarks(mark, result, language),
    )


def _remarks(mark: Mark, result: Result, language: Language) -> dict[str, list[str]]:
    """Of each question: points that are not those of the report, what it counts for, what a person wrote."""
    graded = {question.id: question for question in result.questions}
    found: dict[str, list[str]] = {}
    for one in mark.questions:
        lines = []
        was = graded[one.id]
        if one.score is not None and (one.score, one.max_score) != (was.score, was.max_score):
            points = f"{number(one.score, language)} / {number(one.max_score, language)}"
            lines.append(say("pages_points", language, points=points))
        lines += filter(None, (one.note.strip("()"), one.comment))
        found[one.id] = lines
    return found
