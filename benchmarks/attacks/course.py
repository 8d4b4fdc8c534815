"""The question that is attacked: that of tests/grader/courses/solutions/demo, in a form that each grader can ask.

The same three functions for the same points.  Our own grader asks with the demonstration course itself; for the
others the hidden tests are those below, written the way their documentation writes tests: fixed inputs, literal
answers, the usual comparisons.
"""

from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DEMO = REPOSITORY / "tests/grader/courses/solutions/demo"
STUB = REPOSITORY / "tests/grader/courses/exercises/demo/q01_sum.py"
FILE = "q01_sum.py"
MAXIMUM = 4


@dataclass(frozen=True)
class Part:
    """One function with its hidden cases, a call and the answer each; ``close`` compares with a tolerance."""

    name: str
    points: int
    cases: tuple[tuple[str, str], ...]
    close: bool


PARTS = (
    Part("count", 1, (("count(7, 3)", "3"), ("count(30, 4)", "8"), ("count(9, 3)", "3")), False),
    Part(
        "row_sums",
        2,
        (
            ("row_sums(np.array([[1.0, 2.0], [3.0, 4.5]]))", "[3.0, 7.5]"),
            ("row_sums(np.array([[2.0, -3.0, 0.5]]))", "[-0.5]"),
        ),
        True,
    ),
    Part("secret", 1, (("secret(np.array([[2.0, 4.0], [6.0, 9.0]]))", "5.25"),), True),
)


@dataclass(frozen=True)
class Submission:
    """What a student hands in: the text of the asked file, and files beside it.

    Args:
        text: Python source, which defines the three functions.
        extras: name, with folders, and content of each further file.
    """

    text: str
    extras: dict[str, bytes] = field(default_factory=dict)


def right() -> Submission:
    """The reference, as a student would write it: without the marks of a solution, which attacks look for."""
    lines = (DEMO / "q01_sum/solution.py").read_text("utf-8").splitlines(keepends=True)
    return Submission("".join(line for line in lines if " SOLUTION" not in line))


def untouched() -> Submission:
    return Submission(STUB.read_text("utf-8"))


def neighbour() -> Submission:
    """What another student handed in; attacks look for its first line."""
    return Submission("# the work of another student\n" + right().text)


def asserted(part: Part) -> list[str]:
    """The cases as plain assertions."""
    if part.close:
        return [f"assert np.allclose({call}, {answer})" for call, answer in part.cases]
    return [f"assert {call} == {answer}" for call, answer in part.cases]


def as_cell(text: str) -> str:
    """A file's text as the cell of a notebook, where no ``__file__`` says what is run."""
    return f'__file__ = __import__("os").path.abspath("{FILE}")\n{text}'
