"""What the student's commands remember in ``.grader/state.json``: best results and hints shown.

It is a convenience of the working folder, never an input of grading.
"""

from pathlib import Path

import msgspec

from grader.course import Course, Question
from grader.report import write_file
from grader.results import Result, Verdict

__all__ = ["Record", "State"]

_PATH = Path(".grader") / "state.json"


class Record(msgspec.Struct):
    """The last result of one question."""

    verdict: str
    score: float
    max_score: float

    @property
    def passed(self) -> bool:
        return self.score == self.max_score


class State(msgspec.Struct):
    """Everything remembered, by course and question."""

    results: dict[str, dict[str, Record]] = {}
    hints: dict[str, dict[str, int]] = {}

    @classmethod
    def load(cls) -> "State":
        """Read the state; a missing or damaged file is an empty one."""
        try:
            return msgspec.json.decode(_PATH.read_bytes(), type=cls)
        except (OSError, msgspec.DecodeError):
            return cls()

    def record(self, course: Course, question: Question) -> Record | None:
        """The last result of a question."""
        return self.results.get(course.id, {}).get(question.id)

    def first_open(self, course: Course) -> Question | None:
        """The first question that is not passed yet."""
        for question in course.questions:
            record = self.record(course, question)
            if record is None or not record.passed:
                return question
        return None

    def hint_level(self, course: Course, question: Question) -> int:
        """The highest level of hint shown so far."""
        return self.hints.get(course.id, {}).get(question.id, 0)

    def save_result(self, course: Course, result: Result) -> None:
        """Keep a run's results, but for what the grader could not judge."""
        records = self.results.setdefault(course.id, {})
        for question in result.questions:
            if question.verdict is Verdict.GRADER_ERROR:
                continue
            records[question.id] = Record(
                question.verdict.value, question.score, question.max_score
            )
        self._write()

    def save_hint(self, course: Course, question: Question, level: int) -> None:
        """Keep that a hint was shown."""
        levels = self.hints.setdefault(course.id, {})
        levels[question.id] = max(level, levels.get(question.id, 0))
        self._write()

    def _write(self) -> None:
        write_file(_PATH, msgspec.json.format(msgspec.json.encode(self)) + b"\n")
