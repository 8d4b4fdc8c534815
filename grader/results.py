"""The one result model: verdicts, points, and the JSON schema."""

import enum
import math
from collections.abc import Iterable

import msgspec

__all__ = [
    "SCHEMA",
    "CheckResult",
    "Counterexample",
    "Isolation",
    "QuestionResult",
    "Result",
    "Verdict",
]

SCHEMA = 1


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
    GRADER_ERROR = "grader_error"


# A question shows the verdict of its checks that most needs attention: the grader's own faults first, then
# what stops the code from running at all, then what it answers.
_BY_URGENCY = (
    Verdict.GRADER_ERROR,
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


class CheckResult(msgspec.Struct, kw_only=True):
    """One check's outcome; the default verdict is a failure."""

    id: str
    title: str
    verdict: Verdict = Verdict.FAILED
    points: float = 0.0
    max_points: float
    seconds: float = 0.0
    message: str = ""
    mistake: str | None = None
    counterexample: Counterexample | None = None


class QuestionResult(msgspec.Struct, kw_only=True):
    """One question's outcome."""

    id: str
    title: str
    verdict: Verdict = Verdict.FAILED
    score: float = 0.0
    max_score: float
    seconds: float = 0.0
    answer_text: str | None = None
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
        self.seconds = sum(check.seconds for check in self.checks)


def _total(points: Iterable[float]) -> float:
    """A sum of points, free of the dust that tenths leave in binary: full marks must equal the maximum."""
    return round(math.fsum(points), 6)


class Isolation(msgspec.Struct, frozen=True):
    """What confined the student's code during the run."""

    level: int
    name: str
    mechanisms: tuple[str, ...]


class Result(msgspec.Struct, kw_only=True):
    """What one run of the grader says of one submission."""

    schema: int = SCHEMA
    course: str
    version: str
    seed: int
    data: str | msgspec.UnsetType = msgspec.UNSET  # only where it is not the course's default
    started: str
    seconds: float = 0.0
    isolation: Isolation
    score: float = 0.0
    max_score: float = 0.0
    questions: list[QuestionResult] = []

    @property
    def complete(self) -> bool:
        """Whether the grader itself did its work: no check ended in a grader error."""
        return all(
            check.verdict is not Verdict.GRADER_ERROR
            for question in self.questions
            for check in question.checks
        )

    @property
    def exit_status(self) -> int:
        """0 full marks, 1 not yet, 3 the grader itself failed."""
        if not self.complete:
            return 3
        return 0 if self.score == self.max_score else 1

    def settle(self) -> None:
        """Derive the totals from the questions."""
        for question in self.questions:
            question.settle()
        self.score = _total(question.score for question in self.questions)
        self.max_score = _total(question.max_score for question in self.questions)

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
