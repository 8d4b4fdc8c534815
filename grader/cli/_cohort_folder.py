"""The folder of a cohort, and what all commands on it need: its store, a policy, lists of students."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cli import _usage
from grader.cli._output import tell
from grader.messages import Language, say
from grader.text import one_line

if TYPE_CHECKING:
    from grader.cohort import Store
    from grader.marking import Difference, Policy

__all__ = ["check_cohort", "difference_text", "listed", "open_store", "policy_of", "write_told"]


def check_cohort(out: Path, store_url: str | None, language: Language) -> None:
    if not store_url and not (out / "cohort.sqlite").is_file():
        raise _usage.UsageError(say("marks_no_cohort", language, folder=out))


@contextlib.contextmanager
def open_store(out: Path, url: str | None, language: Language) -> "Iterator[Store]":
    try:
        from grader.cohort import CohortError, Stopped, Store
    except ImportError as error:
        raise _usage.UsageError(str(error)) from error
    try:
        store = Store(url) if url else Store.in_folder(out)
    except Stopped as error:
        raise _usage.UsageError(say("cohort_store", language, why=str(error))) from error
    except CohortError as error:
        raise _usage.UsageError(str(error)) from error
    try:
        yield store
    except Stopped as error:
        raise _usage.UsageError(say("cohort_store", language, why=str(error))) from error
    finally:
        store.close()


def policy_of(path: Path | None, scale: float | None) -> "Policy":
    import msgspec

    from grader.marking import Policy, read_policy

    rules = read_policy(path) if path else Policy()
    return rules if scale is None else msgspec.structs.replace(rules, total=scale)


def difference_text(difference: "Difference") -> str:
    """``ada  q05 1 → 2, 14 → 15``."""
    shown = [
        f"{change.question} {_points(change.before)} → {_points(change.after)}"
        for change in difference.changes
    ]
    shown.append(f"{_points(difference.before)} → {_points(difference.after)}")
    return f"{one_line(difference.student, 60)}  {', '.join(shown)}"


def _points(points: float | None) -> str:
    return "–" if points is None else f"{points:g}"


def write_told(path: Path, content: bytes, language: Language) -> None:
    _usage.write(path, content, language)
    tell(say("marks_written", language, file=path))


def listed(students: "Sequence[str]") -> str:
    shown = ", ".join(one_line(student, 60) for student in students[:20])
    return shown + (", …" if len(students) > 20 else "")
