"""A small class on the small course, and a pool whose processes start without JAX."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")

from grader.cohort import LocalPool, Pool, Settings, Store, _place, begin, receive
from grader.course import Course, read_course
from grader.results import Result

SEED = 2**100 + 7
COURSE = Path(__file__).parents[1] / "courses/solutions/maths"
PLAIN = "from grader.session import _workers; _workers.PRELOAD = ()"
SQUARE = "def square(x):\n    return {}\n\n\ndef cubes(n):\n    return [i**3 for i in n]\n"


@pytest.fixture(autouse=True)
def plain_python(monkeypatch) -> Callable[[str], None]:
    """Processes of the pool run some code before they take jobs."""

    def before(code: str) -> None:
        started = f"{PLAIN}\n{code}\nfrom grader.cohort._process import main; main()"
        monkeypatch.setattr(_place, "COMMAND", (sys.executable, "-c", started))

    before("")
    return before


class Class:
    """Students' folders and a store."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder / "class", folder / "out"
        self.out.mkdir()
        self.course: Course = read_course(COURSE)
        for student, answer in {"ada": "x * x", "bob": "x + x", "eve": "x ** 2"}.items():
            self.write(student, "q01_square.py", SQUARE.format(answer))

    def write(self, student: str, file: str, text: str) -> None:
        (self.folder / student).mkdir(parents=True, exist_ok=True)
        (self.folder / student / file).write_text(text, encoding="utf-8")

    def store(self) -> Store:
        return Store.in_folder(self.out)

    def begin(self, store: Store, pool: Pool | None = None, **options: Any) -> Settings:
        options = {"isolation": 2, "language": "en"} | options
        settings = begin(
            store, self.course, self.course.questions, SEED, pool or LocalPool(1), **options
        )
        receive(store, self.course, settings, self.folder, None)
        return settings


@pytest.fixture
def a_class(tmp_path) -> Class:
    return Class(tmp_path)


@pytest.fixture
def told() -> Callable[[bytes], Any]:
    """A result without what depends on the machine: what must be equal however often it was disturbed."""

    def told(data: bytes) -> Any:
        result = Result.from_json(data)
        checks = [
            (c.id, c.verdict, c.points, c.message, c.counterexample)
            for q in result.questions
            for c in q.checks
        ]
        return result.score, result.max_score, result.ungraded, result.seed_id, checks

    return told
