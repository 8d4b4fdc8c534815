"""Which question a file answers: by its name, or else by the functions that it defines.

Nothing of a file is parsed or run: lines that begin a definition are looked for in its bytes.
"""

import contextlib
import functools
import re

from grader.course import (
    Course,
    CourseNotFound,
    ManifestError,
    Question,
    find_course,
    list_courses,
    read_stub,
)
from grader.handins._names import without_copy_marks
from grader.text import letters

__all__ = ["by_functions", "by_name", "of_another_course", "without_question"]

_DEFINITION = re.compile(rb"^(?:async[ \t]+)?(?:def|class)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)


def by_name(course: Course, stem: str) -> list[Question]:
    """The questions that a name without its ending may mean; several where it names several."""
    clean = without_copy_marks(stem).casefold()
    for question in course.questions:
        if clean == question.folder:
            return [question]
    whole = letters(stem)
    named = [q for q in course.questions if letters(q.folder) in whole]
    # q01_sum is also in q01_sum_of_squares.
    longer = {letters(q.folder) for q in named}
    named = [
        q for q in named if not any(letters(q.folder) in f for f in longer - {letters(q.folder)})
    ]
    return named or [q for q in course.questions if _number(q).search(stem)]


def _number(question: Question) -> re.Pattern[str]:
    """``q1`` where the question is ``q01``, between other signs."""
    numbered = re.sub(r"0*(\d+)$", r"0*\1", question.id)
    return re.compile(rf"(?<![a-z0-9]){numbered}(?![0-9])", re.IGNORECASE)


def of_another_course(course: Course, stem: str) -> str | None:
    """The id of the installed course that has a file of exactly this name, which this course has not.

    Its number alone would make it an answer to a question that it was not written for.
    """
    clean = without_copy_marks(stem).casefold()
    if any(clean == question.folder for question in course.questions):
        return None
    return _files_of_courses().get(clean)


@functools.cache
def _files_of_courses() -> dict[str, str]:
    found = {}
    for name in list_courses():
        with contextlib.suppress(CourseNotFound, ManifestError, OSError):
            found |= {question.folder: name for question in find_course(name).questions}
    return found


def without_question(course: Course, stem: str) -> str:
    """A name without that of its question: who it is, in ``dupont_q01_sum``."""
    for question in by_name(course, stem):
        for pattern in (re.compile(re.escape(question.folder), re.IGNORECASE), _number(question)):
            left = pattern.sub("", stem)
            if left != stem:
                return left
    return stem


def by_functions(course: Course, content: bytes) -> list[Question]:
    """The questions of which a file defines a function that only that question asks for."""
    defined = set(_DEFINITION.findall(content))
    return [q for q in course.questions if defined & _own_functions(course, q)]


def _own_functions(course: Course, question: Question) -> set[bytes]:
    others = (_functions(read_stub(course, q)) for q in course.questions if q is not question)
    return set(_functions(read_stub(course, question))).difference(*others)


@functools.lru_cache(maxsize=256)
def _functions(stub: bytes) -> frozenset[bytes]:
    return frozenset(_DEFINITION.findall(stub))
