"""gradescope-utils: its JSON test runner, in the folders of a Gradescope container, as the samples of Gradescope do."""

import json
from collections.abc import Sequence
from pathlib import Path

import box
import course
from course import PARTS, Part, Submission

from graders._base import Grader, write

TESTS = """\
import unittest

import numpy as np
from gradescope_utils.autograder_utils.decorators import visibility, weight

from q01_sum import count, row_sums, secret


class TestQ01(unittest.TestCase):
{tests}"""
RUN_TESTS = """\
import unittest

from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner

if __name__ == "__main__":
    suite = unittest.defaultTestLoader.discover("tests")
    with open("/autograder/results/results.json", "w") as f:
        JSONTestRunner(visibility="visible", stream=f).run(suite)
"""
RUN_AUTOGRADER = """\
#!/usr/bin/env bash
cp /autograder/submission/q01_sum.py /autograder/source/q01_sum.py
cd /autograder/source
python run_tests.py
"""


class GradescopeUtils(Grader):
    key = family = "gradescope"
    title = "gradescope-utils"
    packages = ("gradescope-utils==0.5.0", "numpy")
    folder = "/autograder"
    how = (
        "`run_autograder` and `run_tests.py` as in Gradescope's Python sample; the mark is `results.json`. On "
        "Gradescope each submission has a container of its own, with a time limit of the platform; inside it tests "
        "and student code share one process unless the teacher separates them."
    )

    def lay(self, machine: Path, template: Path, submission: Submission) -> None:
        grading = machine / "autograder"
        for name, content in submission.extras.items():
            write(grading / "submission" / name, content)
        write(grading / "submission" / course.FILE, submission.text)
        write(grading / "run_autograder", RUN_AUTOGRADER)
        (grading / "results").mkdir()
        write(grading / "source/run_tests.py", RUN_TESTS)
        tests = "\n".join(method(part) for part in PARTS)
        write(grading / "source/tests/test_q01.py", TESTS.format(tests=tests))

    def command(self, environment: Path) -> Sequence[str]:
        return ["/usr/bin/env", "bash", "/autograder/run_autograder"]

    def marks(self, machine: Path, ended: box.Ended) -> float | None:
        if ended.status is None:
            return None
        try:
            return json.loads((machine / "autograder/results/results.json").read_text())["score"]
        except (OSError, ValueError, KeyError):
            return None


def method(part: Part) -> str:
    """A hidden test with its weight."""
    compare = "np.testing.assert_allclose" if part.close else "self.assertEqual"
    lines = [f"        {compare}({call}, {answer})" for call, answer in part.cases]
    head = f'    @weight({part.points})\n    @visibility("hidden")\n    def test_{part.name}(self):'
    return "\n".join([head, *lines, ""])
