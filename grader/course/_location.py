"""Where courses lie: at a path, in a clone or the installed package, in other packages by an entry point."""

import contextlib
import importlib.metadata
import importlib.util
from collections.abc import Iterable
from pathlib import Path

from grader.course._manifest import Course, Question, read_course

__all__ = [
    "COURSES",
    "ENTRY_POINTS",
    "FILES",
    "STUDENTS_COURSE",
    "CourseAmbiguous",
    "CourseNotFound",
    "find_course",
    "hidden_paths",
    "list_courses",
    "packaged_exercises",
    "read_stub",
    "roots",
    "stub_file",
]

_PACKAGE = Path(__file__).resolve().parents[1]
ENTRY_POINTS = "grader.courses"  # name of a course -> package that holds it
COURSES = "grader._courses"  # where an installed package has them
FILES = "files"  # beside a student's files: figures and data, in a folder for each question
STUDENTS_COURSE = "course"  # where a working folder has a students' package


class CourseNotFound(LookupError):
    """No course of that name; the message lists the known ones."""


class CourseAmbiguous(CourseNotFound):
    """Several courses of that name; the message says where they are."""


def roots() -> list[Path]:
    """Folders that may hold courses: of the installed package, or of the clone it runs from."""
    candidates = [
        _PACKAGE / COURSES.rpartition(".")[2] / "solutions",
        _PACKAGE.parent / "solutions",
    ]
    return [path for path in candidates if path.is_dir()]


def packaged_exercises(course: Course) -> Path:
    """The folder of the course's stubs, beside the solutions it was read from."""
    return course.path.parent.parent / "exercises" / course.path.name


def stub_file(course: Course, question: Question) -> Path:
    """The stub of a question, as it came with the course."""
    if course.for_students:
        return course.path / question.folder / "stub.py"
    return packaged_exercises(course) / question.file


def read_stub(course: Course, question: Question) -> bytes:
    """The bytes of that file; empty where the course has none."""
    path = stub_file(course, question)
    return path.read_bytes() if path.is_file() else b""


def list_courses() -> list[str]:
    """The ids of all courses that can be found."""
    found = {path.parent.name for root in roots() for path in root.glob("*/course.toml")}
    return sorted(found | {entry.name for entry in _entries()})


def find_course(name: str) -> Course:
    """Read a course by id, or by the path of its folder.

    An id is that of a course that came with the grader, or of another package's entry point in the group
    ``grader.courses``.

    Raises:
        CourseNotFound: when there is none, or when two packages have one of that id.
        ManifestError: when its course.toml cannot be used.
    """
    if "/" in name or "\\" in name or name.startswith("."):
        if (Path(name) / "course.toml").is_file():
            return read_course(Path(name).resolve())
        raise CourseNotFound(f"course {name!r}: the folder has no course.toml")
    places = dict.fromkeys([*_shipped(name), *_installed(name)])
    if len(places) > 1:
        among = " and ".join(map(str, places))
        raise CourseAmbiguous(f"course {name!r} is in {among}: name one by its path")
    for place in places:
        course = read_course(place)
        if course.id != name:
            raise CourseNotFound(f"course {name!r}: the manifest in {place} is of {course.id!r}")
        return course
    known = ", ".join(list_courses()) or "none"
    raise CourseNotFound(f"course {name!r} is not known; known courses: {known}")


def _shipped(name: str) -> list[Path]:
    """Where the grader's own packages have it: the first place hides the others."""
    return [root / name for root in roots() if (root / name / "course.toml").is_file()][:1]


def _entries() -> Iterable[importlib.metadata.EntryPoint]:
    return importlib.metadata.entry_points(group=ENTRY_POINTS)


def _installed(name: str) -> list[Path]:
    """Where packages that say that they have it do; the package is found, not imported.

    Raises:
        CourseNotFound: for an entry point that leads to no course.
    """
    places = []
    for entry in _entries():
        if entry.name != name:
            continue
        try:
            found = importlib.util.find_spec(entry.value) if "." not in entry.value else None
        except (ImportError, ValueError):
            found = None
        folders = [Path(folder) for folder in (found and found.submodule_search_locations) or ()]
        inside = [place for folder in folders for place in (folder, folder / "solutions" / name)]
        place = next((one for one in inside if (one / "course.toml").is_file()), None)
        if place is None:
            raise CourseNotFound(
                f"course {name!r}: its entry point (={entry.value!r}) must be a package that holds course.toml, or "
                f"solutions/{name}/course.toml"
            )
        places.append(place.resolve())
    return places


def hidden_paths(course: Course) -> list[str]:
    """What no worker may read: this course, every other, and the history they could be taken from."""
    courses = [course.path.resolve(), *roots(), *_others()]
    above = dict.fromkeys(folder for path in courses for folder in path.parents)
    return list(map(str, [*courses, *(place for folder in above for place in _history(folder))]))


def _others() -> list[Path]:
    """The courses of other packages, as far as they are in order."""
    found: list[Path] = []
    for name in dict.fromkeys(entry.name for entry in _entries()):
        with contextlib.suppress(CourseNotFound):
            found += _installed(name)
    return found


def _history(folder: Path) -> list[Path]:
    """Where git keeps what a folder held: below it, or elsewhere, as a file there then says."""
    git = folder / ".git"
    try:
        written = git.read_text("utf-8") if git.is_file() else ""
    except (OSError, UnicodeDecodeError):
        written = ""
    if not written.startswith("gitdir:"):
        return [git]
    place = (folder / written.removeprefix("gitdir:").strip()).resolve()
    # A working tree's own folder is .git/worktrees/NAME of the repository that holds the objects.
    return [git, place, place.parents[1]] if place.parent.name == "worktrees" else [git, place]
