"""A submission: a folder with the stub files, or notebooks in their place, directly or under the course's name."""

import dataclasses
import difflib
import itertools
import os
import re
from collections.abc import Mapping
from pathlib import Path

from grader.course._location import read_stub
from grader.course._manifest import Course, Number, Question
from grader.course._notebook import MAX_NOTEBOOK_BYTES, Notebook, NotebookError, read_notebook
from grader.course._numbers import read_numbers
from grader.course._stub import is_untouched, same_code
from grader.messages import Language, Text, in_all, say, spoken

__all__ = [
    "SubmissionError",
    "SubmittedFile",
    "find_submission",
    "numbers_there",
    "place_of_files",
    "size_limit",
    "stray_files",
    "student_file",
    "submitted_file",
]

MAX_FILE_BYTES = 2**20
_MOST_ENTRIES = 300  # of a folder that are looked through for a file by another name
_MOST_SIMILAR = 3
# How a file says that it is in another encoding (PEP 263).
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]")


class SubmissionError(ValueError):
    """A submission folder that holds none of the course's files; the message says what was looked for."""


@dataclasses.dataclass(frozen=True)
class SubmittedFile:
    """The file submitted for one question.

    Attributes:
        question: the question.
        path: where the file lies, or should.
        content: None when it is missing or cannot be read.
        problem: why it cannot be read, in each language; empty otherwise.
        similar: names of files beside it that may be this one by another name, where it is missing.
        places: of a notebook, for each line of ``content`` its code cell and the line in that; empty for a file.
    """

    question: Question
    path: Path
    content: bytes | None
    problem: Text = dataclasses.field(default_factory=dict)
    similar: tuple[str, ...] = ()
    places: tuple[tuple[int, int], ...] = ()

    @property
    def name(self) -> str:
        """What messages call it: the file that the student edits."""
        return self.path.name if self.places else self.question.file

    def where(self, line: int, language: Language) -> str:
        """A line of the content as the student finds it: in a notebook by cell."""
        if not self.places:
            return say("line", language, line=line)
        cell, inside = self.places[min(max(line, 1), len(self.places)) - 1]
        return say("cell_line", language, cell=cell, line=inside)


def find_submission(course: Course, folder: Path) -> list[SubmittedFile]:
    """Read the files that the manifest names, one for each question.

    Args:
        course: the course.
        folder: the submission; the course's own ``solutions`` folder (or its parent) grades the references.

    Raises:
        SubmissionError: when the folder is missing, or holds none of the files.
    """
    if not folder.is_dir():
        raise SubmissionError(f"submission (={str(folder)!r}) must be an existing folder")
    place = place_of_files(course, folder)
    if place is not None:
        complete = all(_stands(place, question) for question in course.questions)
        similar = {} if complete else _similar(course, place)
        return [
            _submitted(course, q, place, folder, similar.get(q.id, ())) for q in course.questions
        ]
    names = ", ".join(question.file for question in course.questions[:3])
    raise SubmissionError(
        f"submission (={str(folder)!r}) must hold the files of {course.id} ({names}, ...), "
        f"directly or in a folder {course.id!r}"
    )


def place_of_files(course: Course, folder: Path) -> Path | None:
    """Where in a submission the files lie: directly, or under the course's name; None where there are none.

    Files by nearly their names count where there are no others: who renamed all of them is told so of each.
    """
    places = (folder, folder / course.id)
    for place in places:
        if any(_stands(place, question) for question in course.questions):
            return place
    return next((place for place in places if any(_similar(course, place).values())), None)


def _stands(place: Path, question: Question) -> bool:
    paths = (place / question.file, place / question.notebook)
    return any(map(os.path.lexists, paths)) or os.path.isfile(_reference(place, question))


def _reference(place: Path, question: Question) -> Path:
    return place / question.folder / "solution.py"


def student_file(place: Path, question: Question) -> Path:
    """The file that a student edits there: the notebook, where there is one."""
    notebook = place / question.notebook
    return notebook if os.path.exists(notebook) else place / question.file


def _similar(course: Course, place: Path) -> dict[str, tuple[str, ...]]:
    """Files that could be a question's own by another name: ``q01_conv.py``, ``q01_convolution (1).py``."""
    taken = {name for question in course.questions for name in (question.file, question.notebook)}
    try:
        entries = list(itertools.islice(place.iterdir(), _MOST_ENTRIES))
    except OSError:
        entries = []
    kinds = (".py", ".ipynb")
    names = sorted(e.name for e in entries if e.suffix.lower() in kinds and e.name not in taken)
    found = {}
    for question in course.questions:
        numbered = re.sub(r"0*(\d+)$", r"0*\1", question.id)  # q1 for q01
        begins = re.compile(rf"{numbered}(?![0-9a-z])|{question.folder}", re.IGNORECASE)
        mine = [name for name in names if begins.match(name)]
        close = difflib.get_close_matches(question.file, [n for n in names if len(n) < 100])
        found[question.id] = tuple(dict.fromkeys([*mine, *close]))[:_MOST_SIMILAR]
    return found


def _submitted(
    course: Course, question: Question, place: Path, folder: Path, similar: tuple[str, ...]
) -> SubmittedFile:
    """The script, the notebook in its place, or the reference."""
    script, notebook = place / question.file, place / question.notebook
    there = os.path.lexists(script)  # a folder that may not be looked into raises nothing here
    if not os.path.lexists(notebook):
        reference = _reference(place, question)
        if not there and not os.path.isfile(reference):
            return SubmittedFile(question, script, None, {}, similar)
        return _read(question, script if there else reference, folder)
    found = _read(question, notebook, folder)
    return _one_of(course, _read(question, script, folder), found) if there else found


def _one_of(course: Course, script: SubmittedFile, notebook: SubmittedFile) -> SubmittedFile:
    """A notebook and a script of one question are a pair, or one of them is the untouched stub; else nobody knows."""
    if script.content is None or notebook.content is None:
        return notebook if script.content is None and notebook.content is not None else script
    question = script.question
    stub = read_stub(course, question)
    if same_code(script.content, notebook.content):
        return script
    if is_untouched(question, notebook.content, stub):
        return script
    if is_untouched(question, script.content, stub):
        return notebook
    names = {"script": script.path.name, "notebook": notebook.path.name}
    return SubmittedFile(question, notebook.path, None, in_all("two_files", **names))


def stray_files(course: Course, folder: Path, around: Path) -> dict[Path, Path]:
    """Files of a student beside the places where they would count: another path -> the one that is graded.

    Args:
        course: the course.
        folder: the submission.
        around: another folder, such as the one in which the student works.

    Returns:
        Those in ``around`` with a question's name whose own file is missing, or still the stub.
    """
    strays = {}
    for file in find_submission(course, folder):
        question, stub = file.question, read_stub(course, file.question)
        if file.problem or not (file.content is None or is_untouched(question, file.content, stub)):
            continue
        for name in (question.file, question.notebook):
            other = around / name
            if not other.is_file() or other.resolve() == file.path.resolve():
                continue
            content = _read(question, other, around).content
            if content is not None and not is_untouched(question, content, stub):
                strays[other] = file.path.with_name(name)
    return strays


def numbers_there(course: Course, question: Question, place: Path | None) -> Mapping[str, Number]:
    """The numbers that a reader of a question works with: those of the file in that folder, else those of the stub.

    Args:
        course: the course.
        question: the question; of one without numbers there are none.
        place: where the student's files lie; None where there are none.
    """
    if not question.numbers:
        return {}
    content = _submitted(course, question, place, place, ()).content if place else None
    own = read_numbers(question, content).values if content is not None else {}
    return own or read_numbers(question, read_stub(course, question)).values


def _as_script(file: SubmittedFile) -> SubmittedFile:
    """The code of a notebook that was read."""
    if file.content is None:
        return file
    try:
        code: Notebook = read_notebook(file.content)
    except NotebookError as error:
        return dataclasses.replace(file, content=None, problem=in_all("no_notebook", why=error))
    if len(code.source) > MAX_FILE_BYTES:
        problem = in_all("too_large", bytes=MAX_FILE_BYTES)
        return dataclasses.replace(file, content=None, problem=problem)
    return dataclasses.replace(file, content=code.source, places=code.places)


def _read(question: Question, path: Path, folder: Path) -> SubmittedFile:
    try:
        if not path.is_file():
            return SubmittedFile(question, path, None, in_all("not_a_file"))
        # A link out of the folder could make someone else's file, or the solution, this submission's.
        if not path.resolve().is_relative_to(folder.resolve()):
            return SubmittedFile(question, path, None, in_all("link_outside"))
        with open(path, "rb") as stream:
            content = stream.read(size_limit(path) + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        return SubmittedFile(question, path, None, dict.fromkeys(spoken(), why))
    return submitted_file(question, path, content)


def size_limit(path: Path) -> int:
    """The most bytes that a file of that name may have; who reads one more knows that it is too large."""
    return MAX_NOTEBOOK_BYTES if _is_notebook(path) else MAX_FILE_BYTES


def submitted_file(question: Question, path: Path, content: bytes) -> SubmittedFile:
    """A file whose bytes were read, as it is graded: text that Python reads, or the code of a notebook.

    Args:
        question: the one that it answers.
        path: what it is called; ``.ipynb`` for a notebook.
        content: its bytes; not more than one above :func:`size_limit` are needed.
    """
    if len(content) > size_limit(path):
        return SubmittedFile(question, path, None, in_all("too_large", bytes=size_limit(path)))
    if not _is_utf8(content):
        return SubmittedFile(question, path, None, in_all("not_utf8"))
    file = SubmittedFile(question, path, content)
    return _as_script(file) if _is_notebook(path) else file


def _is_notebook(path: Path) -> bool:
    return path.suffix.lower() == ".ipynb"


def _is_utf8(content: bytes) -> bool:
    """Whether it is text that Python reads; an encoding that the file declares is left for the worker to judge."""
    if b"\0" in content:  # UTF-16, or no text at all
        return False
    if any(_COOKIE.match(line) for line in content.split(b"\n", 2)[:2]):
        return True
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
