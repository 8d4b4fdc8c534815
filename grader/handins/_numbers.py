"""Whose numbers a file has, where they are drawn for each student: a note for a person, never a lost point."""

import dataclasses

from grader.course import (
    Course,
    SubmittedFile,
    is_untouched,
    numbers_of,
    read_numbers,
    read_stub,
)
from grader.handins._model import Handin, Note
from grader.messages import in_all
from grader.text import letters

__all__ = ["with_number_notes"]


def with_number_notes(course: Course, handin: Handin) -> Handin:
    """The same with a note for each number that is not the one drawn for the student; not on untouched stubs.

    Args:
        course: the course.
        handin: of a student whose id is that of the roster: only by that one can numbers be drawn again.
    """
    notes = [note for file in handin.files for note in _notes(course, file, handin.student.id)]
    return dataclasses.replace(handin, notes=(*handin.notes, *notes))


def _notes(course: Course, file: SubmittedFile, student: str) -> list[Note]:
    question = file.question
    if not question.numbers or file.content is None or not letters(student):
        return []
    if is_untouched(question, file.content, read_stub(course, question)):
        return []
    written = read_numbers(question, file.content).written
    drawn = numbers_of(course, question, student)
    facts = ((name, written[name], drawn[name]) for name in drawn if name in written)
    return [
        Note(
            question.id,
            in_all("handins_number", name=name, value=value, student=student, drawn=own),
        )
        for name, value, own in facts
        if value != own
    ]
