"""Where courses lie: beside the working folder, in a clone, or inside the installed package."""

from pathlib import Path

from grader.course._manifest import Course, Question, read_course

__all__ = [
    "COURSES",
    "FILES",
    "STUDENTS_COURSE",
    "CourseNotFound",
    "find_course",
    "hidden_paths",
    "list_courses",
    "packaged_exercises",
    "roots",
    "stub_file",
]

_PACKAGE = Path(__file__).resolve().parents[1]
COURSES = "grader._courses"  # where an installed package has them
FILES = "files"  # beside a student's files: figures and data, in a folder for each question
STUDENTS_COURSE = "course"  # where a working folder has a students' package


class CourseNotFound(LookupError):
    """No course of that name; the message lists the known ones."""


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


def list_courses() -> list[str]:
    """The ids of all courses that can be found."""
    found = {path.parent.name for root in roots() for path in root.glob("*/course.toml")}
    return sorted(found)


def find_course(name: str) -> Course:
    """Read a course by id, or by the path of its folder.

    Raises:
        CourseNotFound: when there is none.
        ManifestError: when its course.toml cannot be used.
    """
    if "/" in name or "\\" in name or name.startswith("."):
        if (Path(name) / "course.toml").is_file():
            return read_course(Path(name).resolve())
        raise CourseNotFound(f"course {name!r}: the folder has no course.toml")
    for root in roots():
        if (root / name / "course.toml").is_file():
            return read_course(root / name)
    known = ", ".join(list_courses()) or "none"
    raise CourseNotFound(f"course {name!r} is not known; known courses: {known}")


def hidden_paths(course: Course) -> list[str]:
    """What no worker may read: this course, every other, and the history they could be taken from."""
    courses = [course.path.resolve(), *roots()]
    above = dict.fromkeys(folder for path in courses for folder in path.parents)
    return list(map(str, [*courses, *(place for folder in above for place in _history(folder))]))


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
