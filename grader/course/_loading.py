"""A question's trusted code: reference, mistakes, and the path of its checks."""

import dataclasses
import importlib
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.course._helpers import helpers_of
from grader.course._manifest import Course, Question

__all__ = ["LoadedQuestion", "load_question"]

_PACKAGE = "_grader_course"


@dataclasses.dataclass
class LoadedQuestion:
    """Loads a question's modules on first use (they import JAX)."""

    course: Course
    question: Question

    @property
    def folder(self) -> Path:
        return self.course.path / self.question.folder

    @property
    def checks(self) -> Path:
        return self.folder / "checks.py"

    def load_checks(self) -> ModuleType:
        """The module ``checks``."""
        return self._module("checks")

    @property
    def reference(self) -> ModuleType:
        """The module ``solution``."""
        return self._module("solution")

    @property
    def helpers(self) -> Mapping[str, tuple[str, ...]]:
        """For each of the question's functions, those that it is built on."""
        return helpers_of((self.folder / "solution.py").read_text(encoding="utf-8"))

    @property
    def mistakes(self) -> list[Callable[..., Any]]:
        """The variants that ``mistakes.py`` declares, in the file's order, with one mistake each."""
        if not (self.folder / "mistakes.py").is_file():
            return []
        found: list[Callable[..., Any]] = []
        for function in vars(self._module("mistakes")).values():
            found += [function] if hasattr(function, "__mistake__") else []
            found += getattr(function, "__singles__", ())
        return found

    @property
    def families(self) -> list[Callable[..., Any]]:
        """The functions that ``mistakes.py`` decorates with ``@family``."""
        if not (self.folder / "mistakes.py").is_file():
            return []
        return [f for f in vars(self._module("mistakes")).values() if hasattr(f, "__singles__")]

    @property
    def doubles(self) -> list[Callable[..., Any]]:
        """Those of its families with two mistakes at once."""
        return [variant for function in self.families for variant in function.__doubles__]  # type: ignore[attr-defined]

    def _module(self, name: str) -> ModuleType:
        """Import ``<folder>/<name>.py`` as part of packages made for the course and the question.

        So ``from . import solution`` works, and ``from ..tasks import`` for what the course's checks share.
        """
        course = self.course.path.resolve()
        package = f"{_PACKAGE}_{zlib.crc32(str(course).encode()):08x}"
        _make_package(package, course)
        package = f"{package}.{self.question.folder}"
        _make_package(package, course / self.question.folder)
        return importlib.import_module(f"{package}.{name}")


def _make_package(name: str, folder: Path) -> None:
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package


def load_question(course: Course, question: Question) -> LoadedQuestion:
    """The trusted code of one question."""
    return LoadedQuestion(course, question)
