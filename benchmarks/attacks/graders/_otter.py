"""otter-grader: ``otter generate`` makes the archive of tests, ``otter run`` grades a notebook with it."""

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import box
import course
from course import PARTS, Part, Submission
from notebook import code, notebook

from graders._base import Grader, by_the_teacher, write

TEST = """\
OK_FORMAT = True

test = {test!r}
"""


class Otter(Grader):
    key = family = "otter"
    title = "otter-grader"
    packages = ("otter-grader==7.0.0", "numpy", "ipykernel")
    how = (
        "`otter generate` and `otter run` on a notebook, the way without a container; the mark is `results.json`. "
        "Its documents recommend `otter grade`, a Docker container for each submission, or Gradescope; Docker could "
        "not be had here. Its source runs the same steps inside that container: tests and student code share a "
        "kernel there too."
    )

    def prepare(self, folder: Path, environment: Path) -> None:
        super().prepare(folder, environment)
        for part in PARTS:
            write(folder / "tests" / f"{part.name}.py", TEST.format(test=specification(part)))
        arguments = ["-t", "tests", "-o", "autograder.zip", "--no-environment"]
        by_the_teacher(environment, folder, ["otter", "generate", *arguments])

    def lay(self, machine: Path, template: Path, submission: Submission) -> None:
        write(machine / "srv/autograder.zip", (template / "autograder.zip").read_bytes())
        write(machine / "srv/submissions/attacker.zip", handed_in(submission))
        write(machine / "srv/submissions/neighbour.ipynb", as_notebook(course.neighbour()))
        (machine / "srv/results").mkdir()

    def command(self, environment: Path) -> Sequence[str]:
        otter = str(environment / "bin/otter")
        return [otter, "run", "-a", "autograder.zip", "-o", "results", "submissions/attacker.zip"]

    def marks(self, machine: Path, ended: box.Ended) -> float | None:
        if ended.status is None:
            return None
        try:
            tests = json.loads((machine / "srv/results/results.json").read_text())["tests"]
        except (OSError, ValueError, KeyError):
            return None
        return sum(test.get("score", 0) for test in tests)


def specification(part: Part) -> dict[str, object]:
    """A hidden test in the OK format."""
    shown = "bool(np.allclose({}, {}))" if part.close else "{} == {}"
    lines = [f">>> {shown.format(call, answer)}\nTrue" for call, answer in part.cases]
    case = {"code": "\n".join([">>> import numpy as np", *lines]), "hidden": True, "locked": False}
    suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    return {"name": part.name, "points": part.points, "suites": [suite]}


def as_notebook(submission: Submission) -> str:
    return json.dumps(notebook([code(course.as_cell(submission.text), "answer")]))


def handed_in(submission: Submission) -> bytes:
    """The archive that a student exports: the notebook and what lies beside it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("q01_sum.ipynb", as_notebook(submission))
        for name, data in submission.extras.items():
            archive.writestr(name, data)
    return content.getvalue()
