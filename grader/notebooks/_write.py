"""A question's stub as a notebook: its statement, a cell for each function, and one that grades."""

import ast
from collections.abc import Iterator, Mapping

from grader.course import (
    Course,
    Number,
    Question,
    in_language,
    read_numbers,
    stub_file,
    text_with_numbers,
    with_numbers,
)
from grader.messages import Language, say, told

__all__ = ["NotebooksUnavailable", "stub_notebook"]

# Jupytext keeps a script beside the notebook where it is installed; the grader reads either.
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
    "jupytext": {"formats": "ipynb,py:percent"},
}


class NotebooksUnavailable(ImportError):
    """nbformat is not installed; the message says how to get it."""


def stub_notebook(
    course: Course,
    question: Question,
    language: Language,
    options: str = "",
    numbers: Mapping[str, Number] | None = None,
) -> bytes:
    """The notebook that a student begins with, in one language.

    The same arguments always give the same bytes.

    Args:
        course: the course.
        question: the question.
        language: of the statement and the stub.
        options: what ``%grade`` needs to find the course, such as ``" --course /path/of/it"``.
        numbers: of the question, for stub and statement; those of its stub by default.

    Raises:
        NumbersError: for a stub in which they do not stand as they must.
        NotebooksUnavailable: where nbformat is not installed.
    """
    try:
        from nbformat import v4, writes
    except ImportError as error:
        raise NotebooksUnavailable(say("no_nbformat", language)) from error

    content = stub_file(course, question).read_bytes()
    numbers = numbers or read_numbers(question, content).values
    stub = with_numbers(question, content, numbers).decode("utf-8")
    try:
        statement = course.text(question, "statement", language)
    except OSError:  # a course that has none
        statement = f"# {told(question.title, language)}\n"
    statement = text_with_numbers(statement, numbers)
    code = [
        *_cells(in_language(stub, language)),
        f"%load_ext grader\n%grade {question.id}{options}",
    ]
    cells = [v4.new_markdown_cell(statement.rstrip()), *map(v4.new_code_cell, code)]
    for number, cell in enumerate(cells):
        cell["id"] = f"{question.id}-{number}"
    return (writes(v4.new_notebook(cells=cells, metadata=_METADATA)) + "\n").encode()


def _cells(source: str) -> Iterator[str]:
    """The source cut at its functions and classes, each with the comments above it."""
    lines = source.splitlines()
    begun, last = 0, 0
    for node in ast.parse(source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            if begun < last:
                yield _text(lines[begun:last])
            begun, last = last, node.end_lineno or node.lineno
            yield _text(lines[begun:last])
            begun = last
        else:
            last = node.end_lineno or node.lineno
    if rest := _text(lines[begun:]):
        yield rest


def _text(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")
