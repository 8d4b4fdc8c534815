"""Writes the stubs of a course beside its solutions."""

from pathlib import Path

from grader.course import Course, Question, StubError, cut_stub, packaged_exercises
from grader.report import write_file
from grader.text import one_line

__all__ = ["stub_of", "write_stubs"]


def stub_of(course: Course, question: Question) -> str:
    """The stub as it follows from the solution.

    Raises:
        StubError: for a solution whose markers do not pair up; the message names the file.
    """
    path = course.path / question.folder / "solution.py"
    try:
        return cut_stub(path.read_text(encoding="utf-8"))
    except (OSError, StubError) as error:
        raise StubError(f"{one_line(path)}: {error}") from error


def write_stubs(course: Course) -> list[Path]:
    """Cut every stub anew; returns the files that changed."""
    folder = packaged_exercises(course)
    changed = []
    for question in course.questions:
        path, stub = folder / question.file, stub_of(course, question)
        if not path.is_file() or path.read_text(encoding="utf-8") != stub:
            write_file(path, stub.encode())
            changed.append(path)
    return changed
