"""Plain pytest: the hidden tests are laid beside the student's files, and pytest runs there.

The mark is read in two usual ways: from the exit status (all or nothing, as in classrooms that mark a green run),
or test by test from the JUnit report.
"""

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import box
import course
from course import PARTS, Submission

from graders._base import Grader, write

TESTS = """\
import numpy as np

from q01_sum import count, row_sums, secret

{tests}"""


class Pytest(Grader):
    family = "pytest"
    packages = ("pytest==9.2.0", "numpy")
    folder = "/srv/submissions/attacker"

    def __init__(self, reading: str):
        self.reading = reading
        self.key = f"pytest-{reading}"
        self.title = {"status": "pytest, exit status", "report": "pytest, JUnit"}[reading]
        self.partial = reading == "report"
        self.how = (
            "`pytest test_q01.py` in the student's folder, where the hidden tests were laid; the mark is "
            + (
                "full when the exit status is 0."
                if reading == "status"
                else "counted in the JUnit report."
            )
            + " It promises no isolation, and has no time limit without a plugin."
        )

    def lay(self, machine: Path, template: Path, submission: Submission) -> None:
        mine = machine / "srv/submissions/attacker"
        for name, content in submission.extras.items():
            write(mine / name, content)
        write(mine / course.FILE, submission.text)
        write(machine / "srv/submissions/neighbour" / course.FILE, course.neighbour().text)
        tests = "\n\n".join(
            f"def test_{part.name}():\n    " + "\n    ".join(course.asserted(part)) + "\n"
            for part in PARTS
        )
        write(mine / "test_q01.py", TESTS.format(tests=tests))

    def command(self, environment: Path) -> Sequence[str]:
        return [str(environment / "bin/pytest"), "test_q01.py", "--junit-xml=/srv/report.xml"]

    def marks(self, machine: Path, ended: box.Ended) -> float | None:
        if ended.status is None or ended.status < 0:
            return None
        if self.reading == "status":
            return course.MAXIMUM if ended.status == 0 else 0
        try:
            cases = list(ET.parse(machine / "srv/report.xml").iter("testcase"))
        except (OSError, ET.ParseError):
            return None
        passed = {case.get("name") for case in cases if len(case) == 0}
        return sum(part.points for part in PARTS if f"test_{part.name}" in passed)
