"""The one result model: verdicts, points, and the JSON schema."""

import enum
import math
from collections.abc import Iterable
from typing import Literal

import msgspec

__all__ = [
    "SCHEMA",
    "Case",
    "CaseValue",
    "CheckResult",
    "Counterexample",
    "Isolation",
    "OwnTime",
    "QuestionResult",
    "Result",
    "Verdict",
    "published_schema",
    "result_schema",
]

SCHEMA = 1
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Verdict(enum.StrEnum):
    """What became of a check, or of a question as a whole."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not_attempted"
    IMPORT_ERROR = "import_error"
    EXCEPTION = "exception"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    BAD_OUTPUT = "bad_output"
    FORBIDDEN = "forbidden"
    SKIPPED = "skipped"
    NOT_GRADED = "not_graded"
    GRADER_ERROR = "grader_error"

    @property
    def graded(self) -> bool:
        """Whether it says something of the work; a busy machine and the grader's own faults do not."""
        return self not in (Verdict.NOT_GRADED, Verdict.GRADER_ERROR)


# A question shows the verdict of its checks that most needs attention: what says nothing of the work first, then
# what stops the code from running at all, then what it answers.
_BY_URGENCY = (
    Verdict.GRADER_ERROR,
    Verdict.NOT_GRADED,
    Verdict.IMPORT_ERROR,
    Verdict.FORBIDDEN,
    Verdict.CRASHED,
    Verdict.MEMORY,
    Verdict.TIMEOUT,
    Verdict.EXCEPTION,
    Verdict.BAD_OUTPUT,
    Verdict.FAILED,
    Verdict.NOT_ATTEMPTED,
    Verdict.SKIPPED,
    Verdict.PASSED,
)


class Counterexample(msgspec.Struct, frozen=True):
    """The smallest failing case: the call, what it gave, and where that first differs."""

    call: str
    got: str | None = None
    expected: str | None = None
    difference: str | None = None


class CaseValue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One value of a failing case, for reports that draw: an argument, the answer, what was expected of it.

    What is no array has a ``text``. An array has a dtype and a shape; ``data`` are its entries in row order, little
    endian (base64 in JSON), so that NaN, infinities and bfloat16 come back as they were. An array that is too large to
    be kept has the range of its finite entries instead, where it has any.

    Attributes:
        role: "wrong" marks, true where it is wrong, the entries of the answer of the same name; "observed" is what a
            check that compares with no reference shows.
        name: of an argument, or of what was observed; the place in a nested answer, such as ``[0]``.
        text: of what is no array.
        dtype: NumPy's name of it, or bfloat16.
        shape: entries along each axis.
        data: the entries.
        low: the smallest finite entry of what is too large.
        high: the largest one.
    """

    role: Literal["argument", "answer", "expected", "wrong", "observed"]
    name: str = ""
    text: str | msgspec.UnsetType = msgspec.UNSET
    dtype: str | msgspec.UnsetType = msgspec.UNSET
    shape: tuple[int, ...] = ()
    data: bytes | msgspec.UnsetType = msgspec.UNSET
    low: float | msgspec.UnsetType = msgspec.UNSET
    high: float | msgspec.UnsetType = msgspec.UNSET


class Case(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a failing case is run again: what was called, exactly.

    Attributes:
        function: its name in the student's file.
        names: how the statement calls the positional arguments, the first ones at least.
        sent: ``steps`` (transformations), ``args``, ``kwargs``, and ``expected`` where that may be told, in the bytes
            that cross to a worker (``wire.py``; base64 in JSON).
        given: the student's functions in whose place the reference's were put when it was seen.
    """

    function: str
    names: tuple[str, ...] = ()
    sent: bytes
    given: tuple[str, ...] = ()


class CheckResult(msgspec.Struct, kw_only=True):
    """One check's outcome; the default verdict is a failure.

    ``given`` names the student's functions that were at fault and in whose place the reference's were put: the check
    passed with these, and keeps its points. ``values`` are those of the counterexample, where there are any to draw;
    ``case`` is what it takes to run it again, where that is not too large. ``seconds`` are of the clock on the wall,
    and decide nothing. ``fullest`` is there only where it was asked for (by the proof of a course): the largest part
    of its budget that a call has taken, or all calls of the question's.
    """

    id: str
    title: str
    verdict: Verdict = Verdict.FAILED
    points: float = 0.0
    max_points: float
    seconds: float = 0.0
    message: str = ""
    mistake: str | None = None
    counterexample: Counterexample | None = None
    given: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    values: tuple[CaseValue, ...] | msgspec.UnsetType = msgspec.UNSET
    case: Case | msgspec.UnsetType = msgspec.UNSET
    fullest: float | msgspec.UnsetType = msgspec.UNSET
    log: str | msgspec.UnsetType = msgspec.UNSET  # for the teacher, where a check could not go on


class QuestionResult(msgspec.Struct, kw_only=True):
    """One question's outcome; ``ungraded`` points are neither earned nor lost.

    ``answer_text`` is what the student wrote in words, for a teacher to read: empty where the question asks for it and
    nothing is there, None where it asks for none. ``part_of`` is there only where some of its checks were chosen: what
    the whole question is worth, while ``max_score`` is what these are. ``elsewhere`` is there only in a students'
    package: the points of what can only be checked where the solution is. ``numbers`` is there only where the question
    has some that are drawn for each student: those of the file, with which it was graded.
    """

    id: str
    title: str
    verdict: Verdict = Verdict.FAILED
    score: float = 0.0
    max_score: float
    ungraded: float = 0.0
    seconds: float = 0.0
    answer_text: str | None = None
    part_of: float | msgspec.UnsetType = msgspec.UNSET
    elsewhere: float | msgspec.UnsetType = msgspec.UNSET
    numbers: dict[str, int | float | str] | msgspec.UnsetType = msgspec.UNSET
    checks: list[CheckResult] = []

    def settle(self) -> None:
        """Derive verdict, score and time from the checks."""
        verdicts = {check.verdict for check in self.checks}
        urgent = (verdict for verdict in _BY_URGENCY if verdict in verdicts)
        self.verdict = next(urgent, Verdict.GRADER_ERROR)
        if Verdict.NOT_ATTEMPTED in verdicts and verdicts & {Verdict.PASSED, Verdict.FAILED}:
            # Begun but not finished: what is there counts, what is missing is not the headline.
            self.verdict = Verdict.FAILED if self.verdict is Verdict.NOT_ATTEMPTED else self.verdict
        self.score = _total(check.points for check in self.checks)
        self.ungraded = _total(c.max_points for c in self.checks if not c.verdict.graded)
        self.seconds = sum(check.seconds for check in self.checks)


def _total(points: Iterable[float]) -> float:
    """A sum of points, free of the dust that tenths leave in binary: full marks must equal the maximum."""
    return round(math.fsum(points), 6)


class Isolation(msgspec.Struct, frozen=True):
    """What confined the student's code during the run."""

    level: int
    name: str
    mechanisms: tuple[str, ...]


class OwnTime(msgspec.Struct, frozen=True):
    """What the submission's code took of its own time, of how much, and what the machine gave it.

    ``share`` is the part of the time in which the code wanted to run that it was given: 1 on an idle machine, None
    where it ran too briefly to tell.
    """

    seconds: float
    total: float
    share: float | None = None


class Result(msgspec.Struct, kw_only=True):
    """What one run of the grader says of one submission."""

    schema: int = SCHEMA
    course: str
    version: str
    seed: int | None  # None where it stays secret: `seed_id` names it
    seed_id: str
    data: str | msgspec.UnsetType = msgspec.UNSET  # only where it is not the course's default
    public: bool | msgspec.UnsetType = msgspec.UNSET  # only where public cases alone were asked
    started: str
    seconds: float = 0.0
    own_time: OwnTime | None = None
    isolation: Isolation
    score: float = 0.0
    max_score: float = 0.0
    ungraded: float = 0.0
    questions: list[QuestionResult] = []

    @property
    def complete(self) -> bool:
        """Whether every check says something of the work: none was left ungraded, none ended in a grader error."""
        return all(check.verdict.graded for question in self.questions for check in question.checks)

    @property
    def partial(self) -> bool:
        """Whether only some checks were chosen: what it says is of these, and not of the questions."""
        return any(question.part_of is not msgspec.UNSET for question in self.questions)

    @property
    def exit_status(self) -> int:
        """0 full marks, 1 not yet, 3 the grader itself failed, or the machine was too busy to grade all of it."""
        if not self.complete:
            return 3
        return 0 if self.score == self.max_score else 1

    def settle(self) -> None:
        """Derive the totals from the questions."""
        for question in self.questions:
            question.settle()
        self.score = _total(question.score for question in self.questions)
        self.max_score = _total(question.max_score for question in self.questions)
        self.ungraded = _total(question.ungraded for question in self.questions)

    def to_json(self) -> bytes:
        """The result as JSON, schema 1, indented."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"

    @classmethod
    def from_json(cls, data: bytes) -> "Result":
        """Read what :meth:`to_json` wrote.

        Raises:
            msgspec.DecodeError: for anything else; a ``ValidationError`` for JSON of another schema.
        """
        result = msgspec.json.decode(data, type=cls)
        if result.schema != SCHEMA:
            raise msgspec.ValidationError(f"schema (={result.schema}) must be {SCHEMA}")
        return result


def result_schema() -> bytes:
    """The schema of what :meth:`Result.to_json` writes, in JSON Schema (draft 2020-12)."""
    return published_schema(Result, "a result, as grader run --json writes it")


def published_schema(kind: type, title: str) -> bytes:
    """The JSON Schema of a type, indented.

    Args:
        kind: a struct, whose fields and docstrings it tells.
        title: what is described.
    """
    made = {"$schema": _DIALECT, "title": title, **msgspec.json.schema(kind)}
    return msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
