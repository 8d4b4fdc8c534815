"""Submissions that try to cheat, and how they are graded."""

import shutil
from pathlib import Path

import pytest

from grader import grading
from grader.results import Result
from grader.sandbox import levels
from grader.session import _workers

HERE = Path(__file__).parent
DEMO = HERE.parent / "grader/courses/solutions/demo"
TP2 = HERE.parents[1] / "solutions/tp2"


@pytest.fixture(scope="session")
def course() -> Path:
    """The folder of the course that is attacked."""
    return DEMO


@pytest.fixture(scope="session")
def tp2() -> Path:
    """The folder of the practical."""
    return TP2


@pytest.fixture
def prepared(tmp_path):
    """Copies a submission; ``conftest.py.txt`` and the like become what an attacker would hand in."""

    def prepare(name: str) -> Path:
        folder = tmp_path / "handed in" / name
        shutil.copytree(HERE / "submissions" / name, folder)
        for path in list(folder.rglob("*.txt")):
            path.rename(path.with_suffix(""))
        return folder

    return prepare


@pytest.fixture
def graded(monkeypatch):
    """Grades a folder at one level, against the demonstration course unless told otherwise."""

    def run(
        folder: Path,
        level: int,
        *,
        course: Path = DEMO,
        question: str = "q01",
        only: str | None = None,
        seed: int | None = None,
        timeout: float = 5,
    ) -> Result:
        try:
            levels.choose(level)
        except levels.IsolationUnavailable as missing:
            pytest.skip(str(missing))
        if (course, question) == (
            DEMO,
            "q01",
        ):  # needs no JAX, whose import is most of a worker's start
            monkeypatch.setattr(_workers, "PRELOAD", ("numpy",))
        return grading.grade(
            str(course),
            folder,
            questions=[question],
            only=[only] if only else None,
            seed=seed,
            language="en",
            isolation=level,
            timeout=timeout,
        )

    return run
