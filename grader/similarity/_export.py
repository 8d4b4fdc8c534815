"""The code of a class in the folders that JPlag and Dolos take.

JPlag (github.com/jplag/JPlag): a folder of submissions, each of them a folder, and one with the code that all were
given, its base code. Dolos (dolos.ugent.be): for each question a folder of files and ``info.csv``, which names them.
Files are called by a number and the id; names of students are in neither.
"""

import csv
import io
from collections.abc import Iterator, Sequence

from grader.course import Question
from grader.similarity._code import Code

__all__ = ["to_dolos", "to_jplag"]

Files = Iterator[tuple[str, bytes]]


def to_jplag(question: Question, codes: Sequence[Code], given: Sequence[bytes]) -> Files:
    """Paths and contents: ``submissions/<student>/<file>`` and ``base/<file>``."""
    for code in codes:
        yield f"submissions/{_called(code)}/{question.file}", code.content
    if given:
        yield f"base/{question.file}", given[0]


def to_dolos(question: Question, codes: Sequence[Code], given: Sequence[bytes]) -> Files:
    """Paths and contents: ``<question>/<student>.py``, ``<question>/info.csv`` and ``<question>/given.py``."""
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow(["filename", "full_name", "created_at"])
    for code in codes:
        name = f"{_called(code)}.py"
        writer.writerow([name, code.student, code.at])
        yield f"{question.id}/{name}", code.content
    yield f"{question.id}/info.csv", made.getvalue().encode("utf-8")
    if given:
        yield f"{question.id}/given.py", given[0]


def _called(code: Code) -> str:
    return f"{code.place:04}-" + "".join(c if c.isalnum() else "_" for c in code.student)[:60]
