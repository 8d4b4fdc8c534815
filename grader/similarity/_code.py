"""The code of a class, question by question."""

import contextlib
import dataclasses
from collections.abc import Iterator

from grader.cohort import Store
from grader.course import (
    Course,
    Question,
    StubError,
    cut_stub,
    is_untouched,
    packaged_exercises,
)

__all__ = ["Code", "code_of", "given_of"]


@dataclasses.dataclass(frozen=True)
class Code:
    """What a student wrote for a question.

    Attributes:
        student: the id.
        name: as people write it.
        place: of the student in the class, from 1.
        content: the code; that of a notebook's cells.
        paths: what was handed in: members of a group hand in the same files.
        at: when, as the platform tells it; empty where it does not.
    """

    student: str
    name: str
    place: int
    content: bytes
    paths: frozenset[str]
    at: str = ""


def code_of(store: Store, course: Course, question: Question) -> Iterator[Code]:
    """The code of all who have begun a question, in the order of their ids."""
    given = given_of(course, question)
    for place, (graded, files) in enumerate(store.files(course), 1):
        for file in files:
            if file.question.id != question.id or file.content is None:
                continue
            if any(is_untouched(question, file.content, stub) for stub in given):
                continue
            paths = frozenset(account["path"] for account in graded.handin["accounts"])
            at = (graded.handin.get("handed_in") or {}).get("at") or ""
            yield Code(graded.student, graded.name, place, file.content, paths, at)


def given_of(course: Course, question: Question) -> list[bytes]:
    """What every student was given: the stub, and what the solution has outside of its marked regions."""
    found = []
    stub = packaged_exercises(course) / question.file
    if stub.is_file():
        found.append(stub.read_bytes())
    solution = course.path / question.folder / "solution.py"
    with contextlib.suppress(OSError, StubError):  # a course without stubs gives nothing
        found.append(cut_stub(solution.read_text(encoding="utf-8")).encode())
    return found
