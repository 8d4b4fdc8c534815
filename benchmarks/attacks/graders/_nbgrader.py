"""nbgrader: a notebook with hidden tests; ``generate_assignment`` once, ``autograde`` for the submission."""

import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import box
import course
from course import PARTS, Part, Submission
from notebook import code, notebook

from graders._base import Grader, by_the_teacher, write

CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "demo"\n'
MARKS = """
SELECT SUM(grade.auto_score), COUNT(*), COUNT(grade.auto_score) FROM grade
JOIN grade_cells ON grade.cell_id = grade_cells.id
JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id
JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id
WHERE submitted_assignment.student_id = 'attacker'
"""


class NbGrader(Grader):
    key = family = "nbgrader"
    title = "nbgrader"
    packages = ("nbgrader==0.9.6", "numpy", "ipykernel")
    folder = "/srv/course"
    how = (
        "`nbgrader generate_assignment` and `nbgrader autograde` with hidden tests; the mark is what the gradebook "
        "holds. A cell may run 30 seconds. Its FAQ says that it does not protect against unsafe code by itself, and "
        "points to a kernel in a Docker container, which could not be had here; hidden tests run in that kernel too."
    )

    def prepare(self, folder: Path, environment: Path) -> None:
        super().prepare(folder, environment)
        cells = [code("import numpy as np", "imports"), answer(course.right().text)]
        cells += [hidden(part) for part in PARTS]
        write(folder / "nbgrader_config.py", CONFIG)
        write(folder / "source/ps1/q01_sum.ipynb", json.dumps(notebook(cells)))
        by_the_teacher(environment, folder, ["nbgrader", "generate_assignment", "ps1"])

    def lay(self, machine: Path, template: Path, submission: Submission) -> None:
        place = machine / "srv/course"
        shutil.copytree(template, place)
        handed_in = place / "submitted/attacker/ps1"
        for name, content in submission.extras.items():
            write(handed_in / name, content)
        self._fill(place, "attacker", submission)
        self._fill(place, "neighbour", course.neighbour())

    def _fill(self, place: Path, student: str, submission: Submission) -> None:
        """The released notebook with a student's answer in it."""
        released = json.loads((place / "release/ps1/q01_sum.ipynb").read_text())
        (cell,) = (cell for cell in released["cells"] if is_answer(cell))
        cell["source"] = course.as_cell(submission.text)
        write(place / "submitted" / student / "ps1/q01_sum.ipynb", json.dumps(released))

    def command(self, environment: Path) -> Sequence[str]:
        return [str(environment / "bin/nbgrader"), "autograde", "ps1", "--student", "attacker"]

    def marks(self, machine: Path, ended: box.Ended) -> float | None:
        if ended.status is None:
            return None
        database = f"file:{machine / 'srv/course/gradebook.db'}?mode=ro"
        try:
            with closing(sqlite3.connect(database, uri=True)) as connection:
                total, cells, marked = connection.execute(MARKS).fetchone()
        except sqlite3.Error:
            return None
        return total if cells and cells == marked else None


def is_answer(cell: dict) -> bool:
    return cell["metadata"].get("nbgrader", {}).get("solution", False)


def answer(text: str) -> dict:
    """The cell that the student fills."""
    return code(
        f"### BEGIN SOLUTION\n{text}\n### END SOLUTION",
        "answer",
        {"nbgrader": flags("answer", grade=False, locked=False, solution=True)},
    )


def hidden(part: Part) -> dict:
    """A cell of hidden tests, for points."""
    tests = "\n".join(course.asserted(part))
    return code(
        f'"""Tests of {part.name}."""\n### BEGIN HIDDEN TESTS\n{tests}\n### END HIDDEN TESTS',
        f"test_{part.name}",
        {
            "nbgrader": flags(f"test_{part.name}", grade=True, locked=True, solution=False)
            | {"points": part.points}
        },
    )


def flags(name: str, *, grade: bool, locked: bool, solution: bool) -> dict[str, object]:
    return {
        "grade_id": name,
        "grade": grade,
        "locked": locked,
        "solution": solution,
        "schema_version": 3,
        "task": False,
    }
