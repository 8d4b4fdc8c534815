"""A pytest-based auto-grader whose process never runs student code.

``grader.grade(course, submission)`` returns a :class:`grader.Result`.  Everything heavy is
imported on first use, so that ``grader --help`` and the worker start quickly.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.grading import grade
    from grader.results import Result

__all__ = ["Result", "grade"]


def __getattr__(name: str) -> Any:
    if name == "grade":
        from grader.grading import grade

        return grade
    if name == "Result":
        from grader.results import Result

        return Result
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """What ``%load_ext grader`` calls: adds the magic ``%grade``."""
    from grader.notebooks import register_magic

    register_magic(shell)
