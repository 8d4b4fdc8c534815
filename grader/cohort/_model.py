"""What a cohort is graded with, what is kept of a submission, and what travels to a process of the pool."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from grader.course import Course, Question, SubmittedFile
from grader.messages import Language

__all__ = [
    "Answer",
    "CohortError",
    "Died",
    "Done",
    "Edition",
    "Failed",
    "Graded",
    "Job",
    "Settings",
    "Stopped",
    "course_digest",
    "pack_files",
    "question_digests",
    "unpack_files",
]


class CohortError(Exception):
    """A cohort that cannot begin, go on or be read: the message names what stands in the way and what to do."""


class Stopped(CohortError):
    """The store took no more results; all that it took before are whole."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What decides results, equal for all submissions of a cohort, and when it goes on after a stop.

    Attributes:
        course: its id.
        course_digest: names the course's files, solutions and checks included.
        digests: the same for each question that is graded.
        version: of the grader.
        questions: ids of the questions that are graded.
        language: of titles and messages.
        seed_id: names the secret seed.
        isolation: the level, its name and its mechanisms.
        timeout: as for ``grade``.
        total: as for ``grade``.
        data: as for ``grade``.
    """

    course: str
    course_digest: str
    version: str
    questions: tuple[str, ...]
    language: Language
    seed_id: str
    isolation: int
    isolation_name: str
    mechanisms: tuple[str, ...]
    timeout: str | None = None
    total: float | None = None
    data: str | None = None
    digests: dict[str, str] = {}


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """One time that a cohort was graded: the first, or a regrade of some questions.

    Attributes:
        number: 1 is the first.
        settings: what it was graded with.
        questions: which ones were graded.
        students: whose; None for everyone's.
        began: when, in ISO format, UTC.
        why: what its owner noted.
    """

    number: int
    settings: Settings
    questions: tuple[str, ...]
    students: tuple[str, ...] | None
    began: str
    why: str = ""


class Graded(msgspec.Struct, frozen=True, kw_only=True):
    """A result as it is kept, or as it would be where there is nothing to grade (without ``result``).

    Attributes:
        student: the id.
        name: as people write it.
        listed: whether the roster has this student.
        state: of the hand-in, see ``grader.handins.State``.
        digest: names what was graded.
        handin: the hand-in as ``grader.handins.describe`` tells it.
        result: as ``Result.to_json`` writes it; empty where there is none.
        score: None where there is no result.
        max_score: of the questions that are graded.
        ungraded: points that are open.
        cpu_seconds: CPU time of the process that graded, and the own time of the submission.
        tries: how often it was begun until it came to an end.
        finished: when, in ISO format, UTC.
        current: whether this is the student's last hand-in.
        graded_in: for each question the number of the edition that its result comes from.
    """

    student: str
    name: str
    listed: bool
    state: str
    digest: str
    handin: dict[str, Any]
    result: bytes = b""
    score: float | None = None
    max_score: float | None = None
    ungraded: float | None = None
    cpu_seconds: float | None = None
    tries: int = 0
    finished: str | None = None
    current: bool = True
    graded_in: dict[str, int] = {}

    @property
    def verdict(self) -> str:
        """In a word: graded, open (some points are neither earned nor lost), waiting, empty or missing."""
        if self.score is None:
            return self.state if self.state in ("empty", "missing") else "waiting"
        return "open" if self.ungraded else "graded"


class Job(msgspec.Struct, frozen=True, kw_only=True, tag="job"):
    """One submission, as a process of the pool gets it.

    ``undecided`` are questions that wait for a decision, with the reason: their points stay open. ``questions`` are
    the only ones that are graded, where not all are.
    """

    submission: int
    course: str
    files: bytes
    undecided: tuple[tuple[str, str], ...]
    seed: str  # msgpack has no numbers of 128 bits
    language: Language
    isolation: int
    timeout: str | None
    total: float | None
    data: str | None
    questions: tuple[str, ...] | None = None


class Done(msgspec.Struct, frozen=True, kw_only=True, tag="done"):
    """The answer to a job: the result as JSON."""

    submission: int
    result: bytes
    cpu_seconds: float


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """A job that the grader itself could not do; what went wrong is for its owner."""

    submission: int
    error: str


class Died(msgspec.Struct, frozen=True, kw_only=True, tag="died"):
    """The process of a submission is gone without an answer; ``how`` tells its exit status and last words."""

    submission: int
    how: str


Answer = Done | Failed | Died


class _File(msgspec.Struct, frozen=True):
    question: str
    path: str
    content: bytes | None
    problem: dict[str, str]
    places: tuple[tuple[int, int], ...]


def pack_files(files: Sequence[SubmittedFile]) -> bytes:
    """Files as bytes that travel, and lie in the store."""
    packed = [_File(f.question.id, str(f.path), f.content, f.problem, f.places) for f in files]
    return msgspec.msgpack.encode(packed)


def unpack_files(course: Course, packed: bytes) -> list[SubmittedFile]:
    """What :func:`pack_files` packed."""
    questions = {question.id: question for question in course.questions}
    return [
        SubmittedFile(questions[f.question], Path(f.path), f.content, f.problem, (), f.places)
        for f in msgspec.msgpack.decode(packed, type=list[_File])
    ]


def question_digests(course: Course, questions: Sequence[Question]) -> dict[str, str]:
    """Names for each question all that decides its results: a regrade is due where this has changed."""
    shared = (course.withhold, course.data, course.carry_errors)
    return {
        question.id: _digest(
            course.path,
            [*course.path.glob("*.py"), *(course.path / question.folder).rglob("*.py")],
            msgspec.json.encode(
                (shared, msgspec.structs.replace(question, title={})), order="deterministic"
            ),
        )
        for question in questions
    }


def course_digest(course: Course, questions: Sequence[Question]) -> str:
    """Names all that decides a mark: the manifest, and the course's Python files."""
    folders = [course.path / question.folder for question in questions]
    files = [
        *course.path.glob("*.py"),
        *(path for folder in folders for path in folder.rglob("*.py")),
    ]
    return _digest(course.path, [course.path / "course.toml", *files], b"")


def _digest(root: Path, files: Sequence[Path], more: bytes) -> str:
    known = hashlib.blake2b(more, digest_size=16)
    for path in sorted(set(files)):
        for part in (str(path.relative_to(root)).encode(), path.read_bytes()):
            known.update(len(part).to_bytes(8, "big") + part)
    return known.hexdigest()
