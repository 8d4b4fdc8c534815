"""A small course whose numbers are drawn: made as an author makes one, in plain Python."""

import re
from pathlib import Path

import pytest

from grader.authoring import new_course, write_stubs
from grader.course import Course, read_course
from grader.session import _workers

FILES = {
    "solution.py": '''"""How often a kernel fits."""

KERNEL = 3  # pixels
STRIDE = 1

HALF = KERNEL // 2  # follows from it


def positions(size: int) -> int:
    """How often the kernel fits into ``size`` pixels."""
    # BEGIN SOLUTION
    return (size - KERNEL) // STRIDE + 1
    # END SOLUTION


def padded(size: int) -> int:
    """Pixels with half a kernel on each side."""
    # BEGIN SOLUTION
    return size + 2 * HALF
    # END SOLUTION
''',
    "checks.py": '''"""Checks of question 1."""

from hypothesis import strategies as st

from grader.checks import agree, check, forall

from . import solution


@check(points=2, en="Positions")
@forall(size=st.integers(20, 60))
def test_positions(student, reference, size):
    agree(student.positions, reference.positions, size)


@check(points=1, en="Padded")
@forall(size=st.integers(1, 9).map(lambda n: n * solution.KERNEL))
def test_padded(student, reference, size):
    agree(student.padded, reference.padded, size)
''',
    "mistakes.py": '''"""Known mistakes of question 1."""

from grader.checks import mistake

from . import solution


@mistake(of="positions", en="The last position is forgotten.")
def one_less(size):
    return (size - solution.KERNEL) // solution.STRIDE


@mistake(of="padded", en="Only one side is padded.")
def one_side(size):
    return size + solution.HALF
''',
    "statement.en.md": "# Positions\n\nA kernel of {KERNEL}, stride {STRIDE}: $\\frac{KERNEL}{S}$ and {OTHER} stay.\n",
    "hints.en.md": "".join(
        f"## {n}\n\n- `positions`: with {{KERNEL}}.\n- `padded`: twice.\n\n" for n in (1, 2, 3)
    ),
    "commentary.en.md": "Floor division.\n",
}
NUMBERS = "numbers = {KERNEL = [3, 5, 7], STRIDE = [1, 2, 3]}\n"
RIGHT = {
    "positions": "    return (size - KERNEL) // STRIDE + 1\n",
    "padded": "    return size + 2 * HALF\n",
}


def make_course(place: Path, numbers: str = NUMBERS, **files: str) -> Course:
    """The course below a folder, with these numbers in its manifest and these files in place of its own."""
    course = new_course(place, "own", "positions", languages=["en"])
    manifest = course.path / "course.toml"
    text = re.sub(r'"TO WRITE[^"]*"', '"Positions"', manifest.read_text())
    text = text.replace("points = 1 ", "points = 3 ").rstrip() + "\nwithout_jax = true\n" + numbers
    manifest.write_text(text)
    for name, content in (FILES | files).items():
        (course.path / "q01_positions" / name).write_text(content)
    course = read_course(course.path)
    write_stubs(course)
    return course


@pytest.fixture
def own(tmp_path, monkeypatch) -> Course:
    """The course; its workers start without JAX."""
    monkeypatch.setattr(_workers, "PRELOAD", ())
    return make_course(tmp_path)


def solved(stub: str) -> str:
    """A student's file: the stub with both functions written."""
    for function, body in RIGHT.items():
        stub = re.sub(
            rf"(def {function}\(.*?)    raise NotImplementedError\n",
            lambda match, body=body: match[1] + body,
            stub,
            flags=re.DOTALL,
        )
    return stub
