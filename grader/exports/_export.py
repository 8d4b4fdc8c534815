"""What each system is handed, as files by name."""

import dataclasses
import importlib.metadata
from collections.abc import Callable, Mapping
from pathlib import Path

from grader.authoring import pack_course
from grader.authoring._archive import to_zip
from grader.authoring._pack import instructors_files
from grader.course import Course
from grader.course._location import STUDENTS_COURSE
from grader.messages import Language, told
from grader.report import write_file
from grader.text import one_line

__all__ = ["PLATFORMS", "ExportError", "Install", "export"]

_TEMPLATES = Path(__file__).parent / "templates"
_Progress = Callable[[int, int], None]


class ExportError(ValueError):
    """What cannot be exported, or not to there; the message says why."""


@dataclasses.dataclass(frozen=True)
class Install:
    """How the other machine gets the grader.

    Attributes:
        requirement: what pip is told, such as ``jaxcnn==1.2``; by default the version that runs here.
        wheel: a wheel that travels along and is installed in its place.
    """

    requirement: str = ""
    wheel: Path | None = None

    def target(self, folder: str) -> str:
        """What pip is given there; the wheel lies in ``folder``."""
        if self.wheel is not None:
            return f"{folder}/{self.wheel.name}"
        return self.requirement or f"jaxcnn=={importlib.metadata.version('jaxcnn')}"

    def files(self) -> dict[str, bytes]:
        """The wheel, by its name.

        Raises:
            ExportError: when it cannot be read, or is none.
        """
        if self.wheel is None:
            return {}
        if self.wheel.suffix != ".whl":
            raise ExportError(f"wheel (={one_line(self.wheel)}) must be a file that ends in .whl")
        try:
            return {self.wheel.name: self.wheel.read_bytes()}
        except OSError as error:
            raise ExportError(f"wheel (={one_line(self.wheel)}) cannot be read: {error}") from error


def export(
    platform: str,
    course: Course,
    folder: Path,
    *,
    install: Install = Install(),
    language: Language = "en",
    on_question: _Progress = lambda done, total: None,
) -> list[Path]:
    """Write what a system is handed.

    Args:
        platform: one of ``PLATFORMS``.
        course: the course, with its solutions.
        folder: a new or empty folder.
        install: how the grader gets there.
        language: of reports there.
        on_question: progress, where public cases are recorded.

    Returns:
        The files that were written, the README first.

    Raises:
        ExportError: for an unknown system, a folder with something in it, a students' package, a wheel that is none.
        RecordingError, StubError: for a course that ``grader course check`` does not pass.
        OSError: when something cannot be written; what was written stays.
    """
    if platform not in PLATFORMS:
        raise ExportError(f"platform (={platform!r}) must be one of {', '.join(PLATFORMS)}")
    if course.for_students:
        raise ExportError(f"{course.id} is a students' package: it takes the course with solutions")
    if folder.is_dir() and any(folder.iterdir()):
        raise ExportError(f"folder (={one_line(folder)}) must be new or empty")
    facts = {"course": course.id, "title": told(course.title, "en"), "language": language}
    files = PLATFORMS[platform](course, install, facts, on_question)
    paths = [folder / name for name in sorted(files, key=lambda name: (name != "README.md", name))]
    for path in paths:
        write_file(path, files[path.relative_to(folder).as_posix()])
    return paths


def _gradescope(
    course: Course, install: Install, facts: Mapping[str, str], on_question: _Progress
) -> dict[str, bytes]:
    wheel = install.files()
    facts = {**facts, "install": install.target("/autograder/source")}
    inside = {
        "setup.sh": _rendered("gradescope/setup.sh", facts),
        "run_autograder": _rendered("gradescope/run_autograder", facts),
        **wheel,
        **{f"course/{name}": content for name, content in instructors_files(course).items()},
    }
    archive = to_zip(inside, frozenset({"setup.sh", "run_autograder"}))
    return {"README.md": _rendered("gradescope/README.md", facts), "autograder.zip": archive}


def _github(
    course: Course, install: Install, facts: Mapping[str, str], on_question: _Progress
) -> dict[str, bytes]:
    wheel = install.files()
    given = _students(course, on_question)
    repository = {**facts, "install": install.target(".grader-wheel")}
    bundle = {**facts, "install": install.target(".")}
    workflow = _rendered("github/grade.yml", repository)
    cases = {name: text for name, text in given.items() if name.startswith(f"{STUDENTS_COURSE}/")}
    return {
        "README.md": _rendered("github/README.md", facts),
        **{f"template/{name}": content for name, content in given.items()},
        "template/.github/workflows/grade.yml": workflow,
        **{f"template/.grader-wheel/{name}": content for name, content in wheel.items()},
        "classroom50/autograder.py": _rendered("github/autograder.py", bundle),
        **{f"classroom50/{name}": content for name, content in {**cases, **wheel}.items()},
    }


def _moodle(
    course: Course, install: Install, facts: Mapping[str, str], on_question: _Progress
) -> dict[str, bytes]:
    given = _students(course, on_question)
    cases = {name: text for name, text in given.items() if name.startswith(f"{STUDENTS_COURSE}/")}
    facts = {**facts, "install": install.target(".")}
    return {
        "README.md": _rendered("moodle/README.md", facts),
        f"{course.id}-student.zip": to_zip({f"{course.id}/{n}": c for n, c in given.items()}),
        "vpl/vpl_run.sh": _rendered("moodle/vpl_run.sh", facts),
        "vpl/vpl_evaluate.sh": _rendered("moodle/vpl_evaluate.sh", facts),
        "vpl/course.zip": to_zip(cases),
    }


def _docker(
    course: Course, install: Install, facts: Mapping[str, str], on_question: _Progress
) -> dict[str, bytes]:
    wheel = install.files()
    facts = {**facts, "install": install.target("/opt"), "wheel": next(iter(wheel), "")}
    return {
        "README.md": _rendered("docker/README.md", facts),
        "Dockerfile": _rendered("docker/Dockerfile", facts),
        ".dockerignore": b"*\n!course\n!*.whl\n",
        **wheel,
        **{f"course/{name}": content for name, content in instructors_files(course).items()},
    }


PLATFORMS: dict[
    str, Callable[[Course, Install, Mapping[str, str], _Progress], dict[str, bytes]]
] = {"docker": _docker, "github": _github, "gradescope": _gradescope, "moodle": _moodle}


def _students(course: Course, on_question: _Progress) -> dict[str, bytes]:
    """The students' package, without the folder that its archive has around it."""
    import io
    import zipfile

    packed = pack_course(course, on_question=on_question)
    with zipfile.ZipFile(io.BytesIO(packed.students)) as archive:
        return {
            name.removeprefix(f"{course.id}/"): archive.read(name) for name in archive.namelist()
        }


def _rendered(name: str, facts: Mapping[str, str]) -> bytes:
    import shlex

    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # scripts: what is put into them is quoted there
        variable_start_string="@{",
        variable_end_string="}@",
    )
    environment.filters["quoted"] = shlex.quote
    return environment.get_template(f"{name}.jinja").render(**facts).encode()
