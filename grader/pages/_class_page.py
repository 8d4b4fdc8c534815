"""The page of a class: its survey, made ready for the template."""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from grader.course import Course
from grader.messages import Language, say, told, typeset
from grader.pages._survey import Group, Survey
from grader.report import number, seconds_text
from grader.report.page import fill

__all__ = ["class_page"]

_MOST_NAMES = 6
_MOST_GROUPS = 30


class _Bar(NamedTuple):
    label: str
    height: int
    percent: float  # of the longest bar


def class_page(
    survey: Survey, course: Course, language: Language, *, links: Mapping[str, str] | None = None
) -> str:
    """The survey as a page of HTML that loads nothing and runs nothing.

    Args:
        survey: of the class.
        course: gives the title.
        language: of the page; texts of results are in the language they were made in.
        links: pages of students, relative to this one, by their ids.
    """
    title = told(course.title, language)
    return fill(
        "class.html",
        "grader.pages",
        language=language,
        say=lambda key, /, **facts: say(key, language, **facts),
        title=typeset(title, language),
        survey=survey,
        facts=_facts(survey, language),
        bars=_bars(survey, language),
        summary=_summary(survey, language),
        percent=_percent,
        names=lambda students: _names(students, language),
        groups=lambda groups: groups[:_MOST_GROUPS],
        answer_of=_answer_of,
        seconds=lambda value: seconds_text(value, language),
        links=links or {},
        number=lambda value: number(value, language),
    )


def _facts(survey: Survey, language: Language) -> list[tuple[str, int]]:
    """How many of what; zeros are left out but for the first."""
    counts = [
        ("pages_handed_in", len(survey.of_verdict("graded", "open", "waiting"))),
        ("pages_open", len(survey.of_verdict("open"))),
        ("pages_waiting", len(survey.of_verdict("waiting"))),
        ("pages_empty", len(survey.of_verdict("empty"))),
        ("pages_missing", len(survey.of_verdict("missing"))),
        ("pages_late", len(survey.late)),
        ("pages_no_time", len(survey.no_time)),
    ]
    return [(say(key, language), n) for number, (key, n) in enumerate(counts) if n or not number]


def _bars(survey: Survey, language: Language) -> list[_Bar]:
    bins = survey.bins
    most = max((one.count for one in bins), default=0)
    return [
        _Bar(
            f"{number(b.low, language)} – {number(b.high, language)}",
            b.count,
            100 * b.count / most,
        )
        for b in bins
    ]


def _summary(survey: Survey, language: Language) -> list[tuple[str, str]]:
    marks = survey.marks
    if not marks:
        return []
    quarters = statistics.quantiles(marks, n=4, method="inclusive") if len(marks) > 1 else marks * 3
    facts: dict[str, float] = {
        "pages_mean": statistics.fmean(marks),
        "pages_median": quarters[1],
        "pages_first_quarter": quarters[0],
        "pages_third_quarter": quarters[2],
        "pages_lowest": marks[0],
        "pages_highest": marks[-1],
    }
    return [(say(key, language), number(value, language)) for key, value in facts.items()]


def _percent(part: int, whole: int) -> str:
    """A whole number; all but one is never 100."""
    if not whole:
        return "–"
    share = 100 * part / whole
    return f"{min(max(round(share), 1 if part else 0), 100 if part == whole else 99)} %"


def _names(students: Sequence[str], language: Language) -> str:
    shown = ", ".join(students[:_MOST_NAMES])
    more = len(students) - _MOST_NAMES
    return shown + (" " + say("pages_more", language, count=more) if more > 0 else "")


def _answer_of(group: Group) -> Any:
    """The case on one line."""
    return " ".join(group.call.split())
