"""A course to be handed out: the students' package, which holds no line of a solution, and the instructors'."""

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from grader.authoring._archive import to_zip
from grader.authoring._recording import public_cases
from grader.authoring._stubs import stub_of
from grader.checks._public import PublicCases
from grader.course import (
    Course,
    in_language,
    packaged_exercises,
)
from grader.course._location import FILES, STUDENTS_COURSE
from grader.course._manifest import course_tables
from grader.messages import Language, Text, say

__all__ = ["PackError", "Packed", "instructors_files", "pack_course", "students_files"]

_TEXTS = ("statement", "hints")
_LEFT_OUT = {"__pycache__"}
_Cases = dict[str, dict[str, PublicCases]]  # question -> file -> what is in it


class PackError(ValueError):
    """A course that cannot be packed; the message says why."""


@dataclasses.dataclass(frozen=True)
class Packed:
    """Two archives, and what the students' one can check.

    Attributes:
        students: bytes of the zip for students.
        instructors: bytes of the zip for those who mark.
        public: question -> points that its public cases are worth.
        unrecorded: ids of questions of which so many sets of numbers can be drawn that they have no public cases.
    """

    students: bytes
    instructors: bytes
    public: Mapping[str, float]
    unrecorded: tuple[str, ...] = ()


def pack_course(
    course: Course,
    *,
    seed: int | None = None,
    language: Language | None = None,
    on_question: Callable[[int, int], None] = lambda done, total: None,
) -> Packed:
    """Make both packages; the same course and seed give the same bytes.

    Args:
        course: the course, with its solutions.
        seed: that the public cases are drawn from; by default one that follows from the course's name.
        language: of the stubs; all that the course has by default.
        on_question: called with the number of questions done and their number.

    Raises:
        PackError: for a students' package, which holds nothing to be packed.
        RecordingError, StubError: for a course that ``grader course check`` does not pass.
        OSError: for a file that cannot be read.
    """
    if course.for_students:
        raise PackError(f"{course.id} is a students' package: pack the course that it was made of")
    cases: _Cases = {}
    for number, question in enumerate(course.questions):
        on_question(number, len(course.questions))
        cases[question.id] = public_cases(course, question, public_seed(course, seed))
    on_question(len(course.questions), len(course.questions))
    students = students_files(course, cases, language)
    top = f"{course.id}/"
    return Packed(
        to_zip({top + name: content for name, content in students.items()}),
        to_zip({top + name: content for name, content in instructors_files(course).items()}),
        {name: _points(of) for name, of in cases.items()},
        tuple(name for name, of in cases.items() if not of),
    )


def public_seed(course: Course, seed: int | None = None) -> int:
    """The seed of public cases: nobody is graded with it."""
    if seed is not None:
        return seed
    digest = hashlib.blake2b(course.id.encode(), digest_size=16, person=b"grader.public")
    return int.from_bytes(digest.digest(), "little")


def students_files(
    course: Course, cases: _Cases, language: Language | None = None
) -> dict[str, bytes]:
    """A working folder: the stubs in ``exercises/``, what the grader needs in ``course/``.

    Args:
        course: the course.
        cases: the public cases of each question, by the names of files.
        language: of the stubs to be edited; all by default.
    """
    files = {"README.md": _readme(course).encode()}
    folder = f"{STUDENTS_COURSE}/"
    files[folder + "course.toml"] = _manifest(course, cases).encode()
    for name in course.pages:
        for one in course.languages:
            files[f"{folder}{name}.{one}.md"] = course.page(name, one).encode()
    for table in course_tables(course.path):
        files[folder + table.name] = table.read_bytes()
    for question in course.questions:
        stub = stub_of(course, question)
        files[f"exercises/{course.id}/{question.file}"] = (
            in_language(stub, language) if language else stub
        ).encode()
        place = f"{folder}{question.folder}/"
        files[place + "stub.py"] = stub.encode()
        for name, of in cases[question.id].items():
            files[place + name] = of.to_bytes()
        for kind in _TEXTS:
            for one in course.languages:
                files[f"{place}{kind}.{one}.md"] = course.text(question, kind, one).encode()
        for name in course.attachments(question):
            content = (course.path / question.folder / name).read_bytes()
            files[place + name] = content
            files[f"exercises/{course.id}/{FILES}/{question.folder}/{name}"] = content
    return files


def instructors_files(course: Course) -> dict[str, bytes]:
    """Everything: ``solutions/`` and ``exercises/``, as an author has them."""
    places = {
        f"solutions/{course.id}": course.path,
        f"exercises/{course.id}": packaged_exercises(course),
    }
    return {
        f"{place}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for place, folder in places.items()
        for path in _files_below(folder)
    }


def _files_below(folder: Path) -> Iterable[Path]:
    """Plain files, without what systems and Python leave there."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part in _LEFT_OUT for part in parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _readme(course: Course) -> str:
    first = course.questions[0].id
    drawn = any(question.numbers for question in course.questions)
    own = "grader init . --student ID\n" if drawn else ""
    steps = f"{own}grader list\ngrader show {first}\ngrader run {first}"
    commands = f"```\npip install jaxcnn\n{steps}\n```"
    parts = (
        (
            f"# {course.title[one]}",
            say("package_files", one),
            commands,
            *([say("package_numbers", one)] if drawn else []),
            say("package_cases", one),
        )
        for one in course.languages
    )
    return "\n\n".join(text for part in parts for text in part) + "\n"


def _points(cases: Mapping[str, PublicCases]) -> float:
    """What the public cases of a question are worth, whatever its numbers."""
    return next((of.points for of in cases.values()), 0.0)


def _manifest(course: Course, cases: _Cases) -> str:
    """The manifest of the students' package: nothing of the author's that students do not need."""
    lines = [f"id = {_toml(course.id)}", "for_students = true"]
    lines += [f"languages = {_toml(list(course.languages))}", *_title(course, course.title)]
    for name, page in course.pages.items():
        lines += ["", f"[pages.{name}]", *_title(course, page.title)]
    for question in course.questions:
        points = _points(cases[question.id])
        given = {
            "id": question.id,
            "folder": question.folder,
            "points": points,
            "elsewhere": round(question.points - points, 6),
            "seconds": question.seconds,
            "memory_mb": question.memory_mb,
            "withhold": list(question.withhold),
            "withhold_as": question.withhold_as,
            "files": list(question.files),
            "programs": question.programs,
            "without_jax": question.without_jax,
        }
        lines += ["", "[[questions]]", *_title(course, question.title)]
        lines += [f"{key} = {_toml(value)}" for key, value in given.items()]
        lines += [f"numbers.{name} = {_toml(list(of))}" for name, of in question.numbers.items()]
        dates = {"opens": question.opens, "closes": question.closes}
        lines += [f"{key} = {when.isoformat()}" for key, when in dates.items() if when]
    return "\n".join(lines) + "\n"


def _title(course: Course, title: Text) -> list[str]:
    return [f"title.{one} = {_toml(title[one])}" for one in course.languages]


def _toml(value: object) -> str:
    """A text, a number or a list of these, as TOML and JSON both write them."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
