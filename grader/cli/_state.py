"""What the student's commands remember in ``.grader/state.json``: results, hints shown, language, course, student.

It is a convenience of the working folder, never an input of grading.  Whoever made the folder wrote it, so nothing in
it leads anywhere: a course is remembered by its id; never by a path, whose checks would run in this process.
"""

from pathlib import Path
from typing import Annotated

import msgspec

from grader.cli._folder import MEMORY, working_folder
from grader.course import Course, Question
from grader.messages import Language
from grader.report import write_file
from grader.results import Result

__all__ = ["Record", "State"]


class Record(msgspec.Struct):
    """What is known of one question.

    Attributes:
        verdict: the last one.
        score: the last one.
        max_score: what the question was worth then.
        best: the best score so far, by which progress is told.
    """

    verdict: str
    score: float
    max_score: float
    best: float = 0.0

    def __post_init__(self) -> None:
        self.best = max(self.best, self.score)

    @property
    def passed(self) -> bool:
        return self.best >= self.max_score

    @property
    def slipped(self) -> bool:
        """Whether the last attempt was worse than the best one."""
        return self.score < self.best


class _Kept(msgspec.Struct, omit_defaults=True):
    """The file; results and hints by course and question, hints for one function under ``q01.conv2d``."""

    lang: Language | None = None
    student: str | None = None
    course: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")] | None = None
    results: dict[str, dict[str, Record]] = {}
    hints: dict[str, dict[str, int]] = {}


class State:
    """Everything remembered in one working folder."""

    def __init__(self, path: Path | None, kept: _Kept) -> None:
        self._path, self._kept = path, kept

    @classmethod
    def load(cls, folder: Path | None = None) -> "State":
        """Read the state of a working folder, by default of the one we stand in; a damaged file is an empty one."""
        path = (folder or working_folder()) / MEMORY / "state.json"
        try:
            return cls(path, msgspec.json.decode(path.read_bytes(), type=_Kept))
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return cls(path, _Kept())

    @classmethod
    def unkept(cls) -> "State":
        """A state that is never written: of a folder that is not ours."""
        return cls(None, _Kept())

    @property
    def language(self) -> Language | None:
        """The language that the folder was made in."""
        return self._kept.lang

    @property
    def course(self) -> str | None:
        """The id of the course that the folder was made for."""
        return self._kept.course

    @property
    def student(self) -> str | None:
        """The id of the student whose numbers the folder was made with."""
        return self._kept.student

    def record(self, course: Course, question: Question) -> Record | None:
        """What is known of a question."""
        return self._kept.results.get(course.id, {}).get(question.id)

    def first_open(self, course: Course) -> Question | None:
        """The first question that was never passed."""
        for question in course.questions:
            record = self.record(course, question)
            if record is None or not record.passed:
                return question
        return None

    def hint_level(self, course: Course, question: Question, function: str | None = None) -> int:
        """The highest level of hint shown so far, of the question or of one of its functions."""
        return self._kept.hints.get(course.id, {}).get(_key(question, function), 0)

    def save_folder(self, language: Language, course: str | None, student: str | None) -> None:
        """Keep what the folder was made in, and the ids of the course and the student that it was made for."""
        self._kept.lang, self._kept.course, self._kept.student = language, course, student
        self._write()

    def save_result(self, course: Course, result: Result) -> None:
        """Keep a run's results, but for what the grader could not judge, and parts of questions."""
        records = self._kept.results.setdefault(course.id, {})
        for question in result.questions:
            if question.ungraded or question.part_of is not msgspec.UNSET:
                continue
            before = records.get(question.id)
            # Points of a question that was worth another sum say nothing of this one.
            same = before is not None and before.max_score == question.max_score
            records[question.id] = Record(
                question.verdict.value,
                question.score,
                question.max_score,
                before.best if before and same else 0.0,
            )
        self._write()

    def save_hint(
        self, course: Course, question: Question, level: int, function: str | None = None
    ) -> None:
        """Keep that a hint was shown."""
        levels, key = self._kept.hints.setdefault(course.id, {}), _key(question, function)
        levels[key] = max(level, levels.get(key, 0))
        self._write()

    def forget(self, course: Course, question: Question) -> None:
        """A question as if it had never been begun."""
        self._kept.results.get(course.id, {}).pop(question.id, None)
        hints = self._kept.hints.get(course.id, {})
        for key in [key for key in hints if key.partition(".")[0] == question.id]:
            del hints[key]
        self._write()

    def _write(self) -> None:
        if self._path is not None:
            write_file(self._path, msgspec.json.format(msgspec.json.encode(self._kept)) + b"\n")


def _key(question: Question, function: str | None) -> str:
    return f"{question.id}.{function}" if function else question.id
