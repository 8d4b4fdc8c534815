"""A cohort as one file of JSON, for those who compute with it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from grader.cohort._model import CohortError, Edition, Graded
from grader.cohort._store import Store

__all__ = ["json_of"]


def json_of(store: Store) -> Iterator[bytes]:
    """The pieces of the file, a submission each, so that not all of them are in memory.

    Together they are
    ``{course, version, seed_id, isolation, editions, strays, submissions: [{id, name, listed, verdict, score,
    max_score, ungraded, cpu_seconds, tries, finished, state, handed_in, digest, files, undecided, accounts,
    graded_in, result}]}``.
    ``verdict`` is "graded", "open" where some points are neither earned nor lost, "waiting" where there is no result
    yet, "empty" or "missing"; ``editions`` are the times that it was graded, with version and course, and
    ``graded_in`` tells of each question in which of them; ``result`` is as ``grader run --json`` writes it, or null.

    Raises:
        CohortError: for a store in which no cohort has begun.
    """
    settings = store.settings()
    if settings is None:
        raise CohortError("no cohort has begun in this store")
    head = {
        "course": settings.course,
        "version": settings.version,
        "seed_id": settings.seed_id,
        "isolation": {
            "level": settings.isolation,
            "name": settings.isolation_name,
            "mechanisms": settings.mechanisms,
        },
        "editions": [_edition(edition) for edition in store.editions()],
        "strays": store.strays(),
    }
    yield msgspec.json.encode(head)[:-1] + b',"submissions":['
    for number, graded in enumerate(store.graded()):
        yield (b",\n" if number else b"\n") + msgspec.json.encode(_told(graded))
    yield b"\n]}\n"


def _told(graded: Graded) -> dict[str, Any]:
    handin = graded.handin
    return {
        "id": graded.student,
        "name": graded.name,
        "listed": graded.listed,
        "verdict": graded.verdict,
        "score": graded.score,
        "max_score": graded.max_score,
        "ungraded": graded.ungraded,
        "cpu_seconds": graded.cpu_seconds,
        "tries": graded.tries,
        "finished": graded.finished,
        "state": graded.state,
        "handed_in": handin.get("handed_in"),
        "digest": graded.digest,
        "files": handin["files"],
        "undecided": handin["undecided"],
        "accounts": handin["accounts"],
        "graded_in": graded.graded_in,
        "result": msgspec.Raw(graded.result or b"null"),
    }


def _edition(edition: Edition) -> dict[str, Any]:
    return {
        "number": edition.number,
        "began": edition.began,
        "version": edition.settings.version,
        "course_digest": edition.settings.course_digest,
        "questions": edition.questions,
        "students": edition.students,
        "why": edition.why,
    }
