"""A cohort as one file of JSON, for those who compute with it, and the schema of that file."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from grader.cohort._model import CohortError, Edition, Graded
from grader.cohort._store import Store
from grader.results import Result, published_schema

__all__ = ["cohort_schema", "json_of"]


class ToldIsolation(msgspec.Struct, frozen=True):
    """What confined all submissions."""

    level: int
    name: str
    mechanisms: tuple[str, ...]


class ToldEdition(msgspec.Struct, frozen=True):
    """One time that it was graded: 1 is the first, the others are regrades; ``students`` is null for everyone."""

    number: int
    began: str
    version: str
    course_digest: str
    questions: tuple[str, ...]
    students: tuple[str, ...] | None
    why: str


class ToldAccount(msgspec.Struct, frozen=True):
    """What became of a file."""

    path: str
    fate: Literal["graded", "ignored", "unread", "ambiguous"]
    why: str
    question: str | None


class ToldFile(msgspec.Struct, frozen=True):
    """The code that is graded for a question; ``bytes`` and ``sha256`` are null where there is none."""

    question: str
    file: str
    bytes: int | None
    sha256: str | None
    problem: str


class ToldUndecided(msgspec.Struct, frozen=True):
    """A question that waits for a decision."""

    question: str
    why: str


class ToldNote(msgspec.Struct, frozen=True):
    """Something about a question's file for a person to look at; it costs no points."""

    question: str
    text: str


class ToldTime(msgspec.Struct, frozen=True):
    """When something was handed in, as far as the platform, or its archive, tells."""

    at: str | None
    archived: str | None
    marked_late: bool


class ToldSubmission(msgspec.Struct, frozen=True, kw_only=True):
    """A student's current hand-in.

    ``verdict`` is "graded", "open" where some points are neither earned nor lost, "waiting" where there is no result
    yet, "empty" or "missing". ``graded_in`` tells of each question the number of its edition. ``result`` is as
    ``grader run --json`` writes it, or null.
    """

    id: str
    name: str
    listed: bool
    verdict: Literal["graded", "open", "waiting", "empty", "missing"]
    score: float | None
    max_score: float | None
    ungraded: float | None
    cpu_seconds: float | None
    tries: int
    finished: str | None
    state: Literal["ready", "ambiguous", "empty", "missing"]
    handed_in: ToldTime | None
    digest: str
    files: tuple[ToldFile, ...]
    undecided: tuple[ToldUndecided, ...]
    notes: tuple[ToldNote, ...]
    accounts: tuple[ToldAccount, ...]
    graded_in: dict[str, int]
    result: Result | None


class ToldCohort(msgspec.Struct, frozen=True, kw_only=True):
    """All results of a class; ``strays`` are files that are nobody's."""

    course: str
    version: str
    seed_id: str
    isolation: ToldIsolation
    editions: tuple[ToldEdition, ...]
    strays: tuple[ToldAccount, ...]
    submissions: tuple[ToldSubmission, ...]


def cohort_schema() -> bytes:
    """The schema of the file, in JSON Schema (draft 2020-12)."""
    return published_schema(ToldCohort, "results.json of a cohort")


def json_of(store: Store) -> Iterator[bytes]:
    """The pieces of the file, a submission each, so that not all of them are in memory.

    Raises:
        CohortError: for a store in which no cohort has begun.
    """
    settings = store.settings()
    if settings is None:
        raise CohortError("no cohort has begun in this store")
    isolation = ToldIsolation(settings.isolation, settings.isolation_name, settings.mechanisms)
    head = {
        "course": settings.course,
        "version": settings.version,
        "seed_id": settings.seed_id,
        "isolation": isolation,
        "editions": [_edition(edition) for edition in store.editions()],
        "strays": store.strays(),
    }
    yield msgspec.json.encode(head)[:-1] + b',"submissions":['
    for number, graded in enumerate(store.graded()):
        yield (b",\n" if number else b"\n") + msgspec.json.encode(_submission(graded))
    yield b"\n]}\n"


def _submission(graded: Graded) -> ToldSubmission:
    handin = graded.handin
    written: Any = msgspec.Raw(graded.result or b"null")  # as it is kept, without reading it
    verdict: Any = graded.verdict
    state: Any = graded.state
    return ToldSubmission(
        id=graded.student,
        name=graded.name,
        listed=graded.listed,
        verdict=verdict,
        score=graded.score,
        max_score=graded.max_score,
        ungraded=graded.ungraded,
        cpu_seconds=graded.cpu_seconds,
        tries=graded.tries,
        finished=graded.finished,
        state=state,
        handed_in=handin.get("handed_in"),
        digest=graded.digest,
        files=handin["files"],
        undecided=handin["undecided"],
        notes=handin.get("notes", ()),  # of a cohort that was received before there were any
        accounts=handin["accounts"],
        graded_in=graded.graded_in,
        result=written,
    )


def _edition(edition: Edition) -> ToldEdition:
    return ToldEdition(
        edition.number,
        edition.began,
        edition.settings.version,
        edition.settings.course_digest,
        edition.questions,
        edition.students,
        edition.why,
    )
