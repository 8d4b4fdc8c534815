"""The working folder: where a student's files and what is remembered of them lie, found from below as git does."""

import os
from pathlib import Path

__all__ = ["MEMORY", "students_course", "working_folder"]

MEMORY = ".grader"


def working_folder() -> Path:
    """The nearest folder, from the current one upwards, that has a memory or in whose ``exercises`` one stands.

    Returns:
        Its path from the current folder, which is the working folder where no other is found.
    """
    here = Path.cwd()
    below = ""
    for folder in (here, *here.parents):
        if (folder / MEMORY).is_dir() or below == "exercises" or _students_course(folder).is_file():
            return _from_here(folder)
        below = folder.name
    return Path()


def students_course(folder: Path | None = None) -> Path | None:
    """The folder of the course that came with a folder, by default the working folder; None where none did."""
    manifest = _students_course(folder or working_folder())
    return manifest.parent if manifest.is_file() else None


def _students_course(folder: Path) -> Path:
    return folder / "course" / "course.toml"  # grader.course.STUDENTS_COURSE, which is not light


def _from_here(folder: Path) -> Path:
    return Path(os.path.relpath(folder))
