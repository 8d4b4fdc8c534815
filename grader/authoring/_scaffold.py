"""A new course, or one more question: files that say what is still to be written, and the claim that nothing is."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.authoring._declared import Finding
from grader.authoring._stubs import write_stubs
from grader.course import Course, ManifestError, Question, read_course
from grader.messages import (
    LANGUAGES,
    Language,
    TableError,
    is_table,
    read_table,
    table_name,
    written_table,
)
from grader.report import write_file
from grader.text import one_line

__all__ = ["ScaffoldError", "add_question", "new_course", "unwritten_findings"]

_TEMPLATES = Path(__file__).parent / "templates"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_LEFT = re.compile(r"TO WRITE: (.+?)(?:\"\"\"|[\".)\s,*]*$)", re.MULTILINE)
_READ = (".py", ".md")
_TEXTS = ("statement", "hints", "commentary")


class ScaffoldError(ValueError):
    """A name that cannot be used, or that is taken; the message says which and why."""


def new_course(
    place: Path, name: str, question: str = "first", languages: Sequence[Language] = LANGUAGES
) -> Course:
    """Make ``solutions/<name>`` and ``exercises/<name>`` below a folder, with one question.

    Args:
        place: the folder.
        name: the course's id.
        question: name of the question, without its number.
        languages: that the course is written in; of one that is not the grader's own, a table of messages is begun.

    Returns:
        The course.

    Raises:
        ScaffoldError: for a name that is no lower-case name, a code of no language, or a course that is there already.
        OSError: when the folder cannot be written; nothing of the course is left then.
    """
    _checked("the course", name)
    _checked("the question", question)
    further = [one for one in languages if one not in LANGUAGES]
    for language in further:
        if not is_table(Path(table_name(language))):
            raise ScaffoldError(f"language (={language!r}) must be a code of ISO 639, such as de")
    folder = place / "solutions" / name
    if folder.exists():
        raise ScaffoldError(f"{one_line(folder)} is there already: choose another name, or `add`")
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{name}-"))
    try:
        made.chmod(0o755)
        facts = _facts(1, question, languages)
        manifest = _rendered("course.toml", course=name, **facts)
        write_file(made / "course.toml", (manifest + _rendered("question.toml", **facts)).encode())
        for language in further:
            write_file(made / table_name(language), written_table(language).encode())
        _write_question(made / str(facts["folder"]), facts)
        os.rename(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    course = read_course(folder.resolve())
    write_stubs(course)
    return course


def complete_messages(folder: Path, language: str) -> tuple[Path, int]:
    """Begin a course's table of messages, or complete it with what the grader says by now.

    Args:
        folder: the course's.
        language: code of a language that is not the grader's own.

    Returns:
        The file, and how many sentences are still missing in it.

    Raises:
        TableError: for the code of no such language, or a table that cannot be read; it is left as it is.
        OSError: when it cannot be written.
    """
    path = folder / table_name(language)
    table = read_table(path) if path.exists() else None
    if table is None and not is_table(path):
        raise TableError(
            f"language (={language!r}) must be a code of ISO 639, such as de, but not fr or en"
        )
    write_file(path, written_table(language, table).encode())
    return path, len(read_table(path).missing)


def add_question(course: Course, name: str) -> Question:
    """Make one more question of a course, the last one.

    Args:
        course: the course.
        name: name of the question, without its number.

    Returns:
        The question.

    Raises:
        ScaffoldError: for a name that is no lower-case name, or is taken.
        OSError: when the folder cannot be written; the course is then as it was.
    """
    _checked("the question", name)
    numbers = [int(found[1]) for q in course.questions if (found := re.search(r"(\d+)$", q.id))]
    number = max(numbers, default=len(course.questions)) + 1
    facts = _facts(number, name, course.languages)
    folder = course.path / str(facts["folder"])
    same = [q.folder for q in course.questions if re.sub(r"^q\d+_", "", q.folder) == name]
    if same or folder.exists():
        there = same[0] if same else folder.name
        raise ScaffoldError(f"{course.id} has {there} already: choose another name")
    manifest = course.path / "course.toml"
    before = manifest.read_text(encoding="utf-8")
    try:
        _write_question(folder, facts)
        added = before.rstrip("\n") + "\n" + _rendered("question.toml", **facts)
        write_file(manifest, added.encode())
        course = read_course(course.path)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, ManifestError):  # such as questions written as one inline array
            write_file(manifest, before.encode())
            raise ScaffoldError(f"no question can be appended to course.toml: {error}") from error
        raise
    write_stubs(course)
    return course.question(str(facts["id"]))


def unwritten_findings(course: Course, questions: Sequence[Question]) -> Iterator[Finding]:
    """For the manifest and for each question the claim that nothing of the scaffold is left, with all that is."""
    manifest = course.path / "course.toml"
    claim = "nothing is left to write"
    yield Finding(course.id, f"{claim} in course.toml", "\n".join(_left(manifest)))
    for question in questions:
        files = sorted((course.path / question.folder).iterdir(), key=_order)
        left = [line for file in files if file.suffix in _READ for line in _left(file)]
        yield Finding(question.id, claim, "\n".join(left))


def _order(path: Path) -> tuple[int, str]:
    """As an author works: the solution first."""
    names = ("statement", "solution", "checks", "mistakes", "hints", "commentary")
    kind = path.name.partition(".")[0]
    return names.index(kind) if kind in names else len(names), path.name


def _left(path: Path) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return  # which is a finding of its own
    for match in _LEFT.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield f"{path.name}, line {line}: {match[1].strip()}"


def _checked(what: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ScaffoldError(
            f"the name of {what} (={name!r}) must be of a-z, 0-9 and _, a letter first, such as "
            f"{'maths' if 'course' in what else 'pooling'!r}"
        )


def _facts(number: int, name: str, languages: Sequence[Language]) -> dict[str, object]:
    name = re.sub(r"^q\d+_", "", name)
    given = {"number": number, "id": f"q{number:02d}", "folder": f"q{number:02d}_{name}"}
    known = {"fr": "French", "en": "English"}
    several = len(languages) > 1
    return {
        **given,
        "languages": list(languages),
        "named": {one: f", in {known.get(one, one)}" if several else "" for one in languages},
    }


def _write_question(folder: Path, facts: dict[str, object]) -> None:
    for name in ("solution.py", "checks.py", "mistakes.py"):
        write_file(folder / name, _rendered(name, **facts).encode())
    for kind in _TEXTS:
        for language in facts["languages"]:  # type: ignore[attr-defined]
            text = _rendered(f"{kind}.md", **facts)
            write_file(folder / f"{kind}.{language}.md", text.encode())


def _rendered(name: str, **facts: object) -> str:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # plain text, and the names that it is given are checked
    )
    return environment.get_template(f"{name}.jinja").render(**facts)
