"""What a manifest withholds must exist: a mistyped name would withhold nothing, silently."""

import difflib
import fnmatch
import importlib
import importlib.metadata
import importlib.util
import sys
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from grader.authoring._cases import ACCEPTED
from grader.authoring._declared import Finding
from grader.course import Course, Question

__all__ = ["withheld_findings"]

_TABLE = "withhold"  # of accepted.toml: names that are not here, and why


def withheld_findings(course: Course, question: Question) -> Iterator[Finding]:
    """One finding, where a question withholds anything: each name is a module, or a pattern that something matches."""
    if not question.withhold:
        return
    known = _accepted(course.path) | _accepted(course.path / question.folder)
    wrong = [
        problem for name in question.withhold if not known.get(name) and (problem := _problem(name))
    ]
    text = ""
    if wrong:
        name = wrong[0].partition(" ")[0]
        text = (
            f"{'; '.join(wrong)}. If students may have it where you do not, say so in {ACCEPTED}, of the question "
            f"or of the course: "
            f'[{_TABLE}] "{name}" = "..."'
        )
    yield Finding(question.id, "what is withheld exists", text)


def _accepted(folder: Path) -> dict[str, Any]:
    """Names that may be missing here, with the reason of each."""
    path = folder / ACCEPTED
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return {}  # which is a finding of its own
    found = table.get(_TABLE)
    return found if isinstance(found, dict) else {}


def _problem(name: str) -> str:
    """Why a name withholds nothing; "" where it does."""
    *above, last = name.split(".")
    if not above:
        if "*" in last:
            return "" if fnmatch.filter(_top_level(), last) else f"{last} matches no module"
        return "" if _is_module(last) else f"{last} is no module here{_near(last, _top_level())}"
    if _is_module(name):
        return ""
    pattern = next((i for i, part in enumerate(above) if "*" in part), len(above))
    try:
        owner = _object(above[:pattern])
    except (ImportError, AttributeError):
        return f"{name} withholds nothing: there is no {'.'.join(above[:pattern])} here"
    wanted = (*above, last)[pattern]
    names = dir(owner)
    if fnmatch.filter(names, wanted):
        return ""
    return f"{name} withholds nothing: {'.'.join(above[:pattern])} has no {wanted}{_near(wanted, names)}"


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False


def _object(path: list[str]) -> Any:
    """A module, or what is in one, by its dotted path; libraries are imported for it."""
    found: Any = importlib.import_module(path[0])
    for number, part in enumerate(path[1:], 2):
        if not hasattr(found, part):
            importlib.import_module(".".join(path[:number]))
        found = getattr(found, part)
    return found


def _top_level() -> Collection[str]:
    return {*sys.stdlib_module_names, *importlib.metadata.packages_distributions()}


def _near(name: str, names: Collection[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
