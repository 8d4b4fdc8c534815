"""What the page shows, made ready for its template: the template decides how it looks, and nothing else."""

import dataclasses
import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from grader.course import Course, Number, Question, numbers_there, text_with_numbers
from grader.messages import Language, say, told, typeset
from grader.report._told import (
    conditions,
    of_the_whole_file,
    part_of_a_question,
    seconds_text,
)
from grader.report.page._checks import Badge, Block, Check, badge_of, blocks_of, checks_of
from grader.report.page._statement import to_markup
from grader.report.page._template import fill
from grader.results import CheckResult, QuestionResult, Result, Verdict

__all__ = ["Marked", "Past", "statements_to_html", "text_to_html", "to_html"]

_HEADING = re.compile(r"^# (.*)\n+")


class Past(NamedTuple):
    """What a working folder knows of a question: the points of the last run before this one, and of the best."""

    last: float
    best: float


@dataclasses.dataclass(frozen=True)
class Marked:
    """What a teacher made of a result.

    Attributes:
        mark: as it is told, such as "14.5 / 20"; empty where there is none yet.
        who: whose result it is.
        notes: on the whole, a paragraph each.
        remarks: on questions, by their ids.
    """

    mark: str = ""
    who: str = ""
    notes: Sequence[str] = ()
    remarks: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class _Section:
    """One question."""

    id: str
    title: str
    points: str = ""
    badge: Badge | None = None
    seconds: str = ""
    past: str = ""  # points of runs before
    part: str = ""  # that only some of its checks were run
    whole: Sequence[Block] = ()  # what holds for the whole file
    checks: Sequence[Check] = ()
    statement: Markup | None = None
    hints: Markup | None = None
    answer: str = ""
    command: str = ""
    remarks: Sequence[str] = ()  # of a teacher


class _Line(NamedTuple):
    """One question in the overview."""

    id: str
    title: str
    here: bool
    points: str
    badge: Badge | None
    past: str


def to_html(
    result: Result,
    course: Course,
    language: Language,
    *,
    history: Mapping[str, Past] | None = None,
    options: str = "",
    marked: Marked = Marked(),
    case_command: Callable[[CheckResult], str] = lambda check: "",
) -> str:
    """The result as a page of HTML that loads nothing and runs nothing.

    Args:
        result: of a run; whatever is in it is shown as text.
        course: gives the statements.
        language: of the page; the result's own texts are in the language it was made in.
        history: what is known of questions from before this run, by their ids.
        options: added to the commands that the page suggests, such as ``" --course other"``.
        marked: what a teacher made of it.
        case_command: what runs the case of a check; "" where there is none.
    """
    maker = _Maker(course, language, options)
    known = {question.id: question for question in course.questions}
    sections = [
        dataclasses.replace(
            maker.graded(question, known.get(question.id), case_command),
            remarks=marked.remarks.get(question.id, ()),
        )
        for question in result.questions
    ]
    lines = maker.overview(result.questions, history or {})
    full = result.score == result.max_score > 0 and not result.partial
    return maker.render(
        sections=sections,
        lines=lines if len(lines) > 1 or history else [],
        history=bool(history),
        score=f"{result.score:g} / {result.max_score:g}",
        full=full,
        ungraded=maker.say("ungraded", count=result.ungraded, points=f"{result.ungraded:g}")
        if result.ungraded
        else "",
        started=_moment(result.started),
        seconds=seconds_text(result.seconds, language),
        conditions=conditions(result, language),
        mark=marked.mark,
        who=marked.who,
        notes=marked.notes,
    )


def statements_to_html(
    course: Course,
    language: Language,
    questions: Sequence[Question],
    *,
    history: Mapping[str, Past] | None = None,
    numbers: Mapping[str, Mapping[str, Number]] | None = None,
    hints: bool = False,
    options: str = "",
) -> str:
    """Statements as a page of HTML that loads nothing and runs nothing.

    Args:
        course: whose questions these are.
        language: of the page.
        questions: of the course, in the order in which they are shown.
        history: what is known of them, by their ids.
        numbers: of questions, by their ids, that their texts are shown with; those of the stubs by default.
        hints: whether to add all hints, for an author.
        options: added to the commands that the page suggests.
    """
    maker = _Maker(course, language, options)
    known = history or {}
    chosen = {question.id: known[question.id] for question in questions if question.id in known}
    return maker.render(
        sections=[
            maker.stated(question, chosen.get(question.id), (numbers or {}).get(question.id), hints)
            for question in questions
        ],
        lines=maker.overview((), chosen, questions) if len(questions) > 1 else [],
        history=bool(chosen),
    )


def text_to_html(course: Course, language: Language, name: str) -> str:
    """A text of the course beside its questions, as a page of HTML that loads nothing and runs nothing.

    Args:
        course: whose text it is.
        language: of the page.
        name: of the text, one of ``course.pages``.

    Raises:
        OSError: when the course has no such text in this language.
    """
    maker = _Maker(course, language, "")
    text = course.page(name, language)
    heading = _HEADING.match(text)
    title = heading[1] if heading else told(course.pages[name].title, language)
    markup = to_markup(_HEADING.sub("", text, count=1), course.path, language)
    section = _Section(id=name, title=maker.sentence(title), statement=markup)
    return maker.render(sections=[section], lines=[], history=False)


class _Maker:
    """Makes the parts of one page."""

    def __init__(self, course: Course, language: Language, options: str) -> None:
        self.course, self.options = course, options
        self.language: Language = language
        self._opened = False

    def say(self, key: str, /, **facts: object) -> str:
        return say(key, self.language, **facts)

    def sentence(self, text: str) -> str:
        """A title, which holds no code."""
        return typeset(text, self.language)

    def render(self, **parts: Any) -> str:
        """Fill the template; parts that are not given are empty."""
        empty = {
            "score": "",
            "full": False,
            "ungraded": "",
            "started": "",
            "seconds": "",
            "conditions": [],
            "mark": "",
            "who": "",
            "notes": (),
        }
        title = self.sentence(told(self.course.title, self.language))
        return fill(language=self.language, say=self.say, title=title, **{**empty, **parts})

    # ------------------------------------------------------------------------------------- questions

    def overview(
        self,
        graded: Sequence[QuestionResult],
        history: Mapping[str, Past],
        chosen: Sequence[Question] = (),
    ) -> list[_Line]:
        """A line for each question that was graded or chosen, or of which something is known, in the course's order."""
        results = {question.id: question for question in graded}
        here = results.keys() | {question.id for question in chosen}
        lines = []
        for question in self.course.questions:
            if question.id not in here and question.id not in history:
                continue
            result, past = results.get(question.id), history.get(question.id)
            most = result.max_score if result else question.points
            lines.append(
                _Line(
                    question.id,
                    self.sentence(told(question.title, self.language)),
                    question.id in here,
                    f"{result.score:g} / {most:g}" if result else f"– / {most:g}",
                    badge_of(result.verdict, self.language) if result else None,
                    self.past(past),
                )
            )
        return lines

    def past(self, past: Past | None) -> str:
        """What is known from before; "" where nothing is."""
        if past is None:
            return ""
        if past.last == past.best:
            return f"{past.best:g}"
        return self.say("page_past", last=f"{past.last:g}", best=f"{past.best:g}")

    def graded(
        self,
        result: QuestionResult,
        question: Question | None,
        case_command: Callable[[CheckResult], str],
    ) -> _Section:
        """A question with its result."""
        whole = of_the_whole_file(result)
        checks = checks_of(result.checks, self.language, case_command)
        checks = [] if whole else self.open_first(checks)
        goes_on = result.verdict is not Verdict.PASSED and result.verdict.graded
        goes_on = goes_on and whole != self.say("untouched")
        return _Section(
            id=result.id,
            title=self.sentence(result.title),
            points=f"{result.score:g} / {result.max_score:g}",
            badge=badge_of(result.verdict, self.language),
            seconds=seconds_text(result.seconds, self.language) if result.seconds >= 0.05 else "",
            part=part_of_a_question(result, self.language),
            whole=blocks_of(whole),
            checks=checks,
            statement=self.text(question, "statement", result.numbers or None)
            if question
            else None,
            answer=result.answer_text or "",
            command=f"grader hint {result.id}{self.options}" if goes_on else "",
        )

    def open_first(self, checks: list[Check]) -> list[Check]:
        """The same, with the page's first failure open."""
        for number, check in enumerate(checks):
            if not self._opened and check.badge.look == "wrong" and check.foldable:
                checks[number], self._opened = dataclasses.replace(check, open=True), True
        return checks

    def stated(
        self,
        question: Question,
        past: Past | None,
        numbers: Mapping[str, Number] | None,
        hints: bool,
    ) -> _Section:
        """A question without a result."""
        return _Section(
            id=question.id,
            title=self.sentence(told(question.title, self.language)),
            points=f"{question.points:g}",
            past=self.past(past),
            statement=self.text(question, "statement", numbers),
            hints=self.text(question, "hints", numbers) if hints else None,
            command=f"grader run {question.id}{self.options}",
        )

    def text(self, question: Question, kind: str, numbers: Mapping[str, Number] | None) -> Markup:
        """A text without its first heading, with the stub's numbers by default; empty where the course has none."""
        try:
            text = self.course.text(question, kind, self.language)
        except OSError:
            return Markup()
        numbers = numbers or numbers_there(self.course, question, None)
        text = text_with_numbers(text, numbers)
        return self.markup(_HEADING.sub("", text, count=1), question)

    def markup(self, text: str, question: Question) -> Markup:
        return to_markup(text, self.course.path / question.folder, self.language)


def _moment(started: str) -> str:
    """The start of a run, to the minute; as it stands where it is no time."""
    try:
        moment = datetime.datetime.fromisoformat(started).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        return started
    return f"{moment:%Y-%m-%d %H:%M} UTC"
