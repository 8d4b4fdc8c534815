"""What a whole class has done, counted: plain data, in the order in which it is of interest."""

import dataclasses
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from grader.cohort import Graded
from grader.marking import Mark

__all__ = [
    "CheckCount",
    "Group",
    "Noted",
    "Opened",
    "QuestionCount",
    "Slow",
    "Survey",
    "Unread",
    "survey",
]

_BINS = 10
_SLOWEST = 10
_MOST_TEXT = 400  # characters of an answer
_UNJUDGED = ("not_graded", "grader_error")
_NOT_TRIED = ("not_attempted", "skipped")


@dataclasses.dataclass
class CheckCount:
    """How many students have passed a check, failed it, not come to it, or wait for a decision."""

    id: str
    title: str
    passed: int = 0
    failed: int = 0
    not_tried: int = 0
    open: int = 0

    @property
    def judged(self) -> int:
        return self.passed + self.failed + self.not_tried


@dataclasses.dataclass
class QuestionCount:
    """The same for a question, with the points of all who have some."""

    id: str
    title: str
    max_score: float
    scores: list[float] = dataclasses.field(default_factory=list)
    checks: dict[str, CheckCount] = dataclasses.field(default_factory=dict)

    @property
    def mean(self) -> float | None:
        return statistics.fmean(self.scores) if self.scores else None

    @property
    def full(self) -> int:
        return sum(score >= self.max_score for score in self.scores)


@dataclasses.dataclass
class Group:
    """Students whose work is wrong in the same way.

    Attributes:
        question: the id.
        title: of the check; of the first one, where a mistake shows in several.
        name: of the known mistake; empty where it is none.
        told: what students read of it.
        call: the smallest failing case; empty where there is none.
        got: what they answer.
        students: their ids.
    """

    question: str
    title: str
    name: str = ""
    told: str = ""
    call: str = ""
    got: str = ""
    students: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Slow:
    """Own time of a submission, in seconds, and what it may take."""

    student: str
    seconds: float
    total: float


@dataclasses.dataclass(frozen=True)
class Unread:
    """A file that could not be read, or of which nobody can tell what it is; of nobody where ``student`` is empty."""

    student: str
    path: str
    why: str


@dataclasses.dataclass(frozen=True)
class Noted:
    """Something about a question's file for a person to look at."""

    student: str
    question: str
    text: str


@dataclasses.dataclass(frozen=True)
class Opened:
    """A question whose points are open."""

    student: str
    question: str
    why: str


@dataclasses.dataclass(frozen=True)
class Bin:
    """How many marks lie from ``low`` to below ``high``; the last bin has its end too."""

    low: float
    high: float
    count: int


@dataclasses.dataclass
class Survey:
    """A class.

    Attributes:
        students: id, name, verdict, and the mark where there is one.
        total: what full points give.
        questions: in the course's order.
        mistakes: known ones, the most frequent first.
        answers: equal wrong answers of several students that are no known mistake, the most frequent first.
        slowest: the slowest first.
        unread: files.
        noted: what somebody may want to look at.
        opened: questions that wait.
        late: ids.
        no_time: ids of those of whom no time is known, where the policy asks for one.
    """

    students: list[tuple[str, str, str, float | None]] = dataclasses.field(default_factory=list)
    total: float = 0.0
    questions: dict[str, QuestionCount] = dataclasses.field(default_factory=dict)
    mistakes: list[Group] = dataclasses.field(default_factory=list)
    answers: list[Group] = dataclasses.field(default_factory=list)
    slowest: list[Slow] = dataclasses.field(default_factory=list)
    unread: list[Unread] = dataclasses.field(default_factory=list)
    noted: list[Noted] = dataclasses.field(default_factory=list)
    opened: list[Opened] = dataclasses.field(default_factory=list)
    late: list[str] = dataclasses.field(default_factory=list)
    no_time: list[str] = dataclasses.field(default_factory=list)

    @property
    def marks(self) -> list[float]:
        return sorted(mark for *_, mark in self.students if mark is not None)

    def of_verdict(self, *verdicts: str) -> list[str]:
        """The ids of those."""
        return [student for student, _, verdict, _ in self.students if verdict in verdicts]

    @property
    def bins(self) -> list[Bin]:
        """The distribution of marks, from 0 to the total, or the highest mark beyond it."""
        marks = self.marks
        if not marks or not self.total:
            return []
        width = self.total / _BINS
        count = max(_BINS, int(marks[-1] / width + 0.999))
        found = [0] * count
        for mark in marks:
            found[min(int(mark / width), count - 1)] += 1
        return [Bin(n * width, (n + 1) * width, one) for n, one in enumerate(found)]


def survey(marks: Iterable[Mark], strays: Sequence[Mapping[str, Any]]) -> Survey:
    """Count what a class has done; of one student at a time the result is in memory.

    Args:
        marks: of the class.
        strays: files that are nobody's, as the store tells them.
    """
    made = Survey()
    mistakes: dict[tuple[str, str], Group] = {}
    answers: dict[tuple[str, ...], Group] = {}
    for stray in strays:
        if stray["fate"] in ("unread", "ambiguous"):
            made.unread.append(Unread("", stray["path"], stray["why"]))
    for mark in marks:
        graded = mark.graded
        verdict = "graded" if mark.mark is not None and graded.result else graded.verdict
        made.students.append((graded.student, graded.name, verdict, mark.mark))
        made.total = max(made.total, mark.total)
        if mark.late is not None:
            made.late.append(graded.student)
        if mark.time_missing:
            made.no_time.append(graded.student)
        _count_files(made, graded)
        for note in graded.handin.get("notes", ()):
            made.noted.append(Noted(graded.student, note["question"], note["text"]))
        _count_points(made, mark)
        _count_result(made, graded, mark, mistakes, answers)
    made.mistakes = _by_frequency(mistakes.values())
    made.answers = _by_frequency(one for one in answers.values() if len(one.students) > 1)
    made.slowest = sorted(made.slowest, key=lambda one: -one.seconds)[:_SLOWEST]
    return made


class _Counterexample(msgspec.Struct):
    call: str = ""
    got: str | None = None


class _Check(msgspec.Struct):
    id: str
    title: str
    verdict: str
    message: str = ""
    mistake: str | None = None
    counterexample: _Counterexample | None = None


class _Question(msgspec.Struct):
    id: str
    title: str
    checks: list[_Check] = []


class _OwnTime(msgspec.Struct):
    seconds: float
    total: float


class _Result(msgspec.Struct):
    questions: list[_Question] = []
    own_time: _OwnTime | None = None


def _count_files(made: Survey, graded: Graded) -> None:
    for account in graded.handin["accounts"]:
        if account["fate"] in ("unread", "ambiguous"):
            made.unread.append(Unread(graded.student, account["path"], account["why"]))


def _count_points(made: Survey, mark: Mark) -> None:
    for one in mark.questions:
        count = made.questions.setdefault(one.id, QuestionCount(one.id, one.title, one.max_score))
        if one.score is not None and mark.graded.result:
            count.scores.append(one.score)


def _count_result(
    made: Survey,
    graded: Graded,
    mark: Mark,
    mistakes: dict[tuple[str, str], Group],
    answers: dict[tuple[str, ...], Group],
) -> None:
    if not graded.result:
        return
    result = msgspec.json.decode(graded.result, type=_Result)
    if result.own_time is not None:
        made.slowest.append(Slow(graded.student, result.own_time.seconds, result.own_time.total))
    settled = {one.id for one in mark.questions if one.score is not None}
    for question in result.questions:
        named: set[str] = set()
        for check in question.checks:
            _count_check(made, question, check)
            if check.verdict in _UNJUDGED and question.id not in settled:
                made.opened.append(Opened(graded.student, question.id, _first(check.message)))
            if check.mistake and check.mistake not in named:
                named.add(check.mistake)
                told = _first(check.message.partition("\n")[2])
                group = Group(question.id, check.title, check.mistake, told)
                mistakes.setdefault((question.id, check.mistake), group).students.append(
                    graded.student
                )
            elif not check.mistake and check.verdict not in ("passed", *_UNJUDGED, *_NOT_TRIED):
                group = _answer(question, check)
                key = (check.id, check.verdict, group.told, group.call, group.got)
                answers.setdefault(key, group).students.append(graded.student)


def _count_check(made: Survey, question: _Question, check: _Check) -> None:
    if check.id == f"{question.id}.handin":  # the whole question waits
        return
    counts = made.questions[question.id].checks
    count = counts.setdefault(check.id, CheckCount(check.id, check.title))
    if check.verdict == "passed":
        count.passed += 1
    elif check.verdict in _UNJUDGED:
        count.open += 1
    elif check.verdict in _NOT_TRIED:
        count.not_tried += 1
    else:
        count.failed += 1


def _answer(question: _Question, check: _Check) -> Group:
    """What a wrong answer is recognised by: the smallest case and what it gave, else what was said of it."""
    example = check.counterexample or _Counterexample()
    return Group(
        question.id,
        check.title,
        told=_first(check.message),
        call=example.call[:_MOST_TEXT],
        got=(example.got or "")[:_MOST_TEXT],
    )


def _first(text: str) -> str:
    return text.partition("\n")[0][:_MOST_TEXT]


def _by_frequency(groups: Iterable[Group]) -> list[Group]:
    return sorted(groups, key=lambda one: (-len(one.students), one.question, one.name))
