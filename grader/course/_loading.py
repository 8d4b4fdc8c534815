"""A question's trusted code: reference, mistakes, and the path of its checks."""

import dataclasses
import importlib
import importlib.machinery
import importlib.util
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from grader.course._helpers import helpers_of
from grader.course._manifest import Course, Number, Question
from grader.course._numbers import numbers_text, with_numbers

__all__ = ["LoadedQuestion", "load_question"]

_PACKAGE = "_grader_course"


@dataclasses.dataclass
class LoadedQuestion:
    """Loads a question's modules on first use (they import JAX).

    Attributes:
        course: the course.
        question: the question.
        numbers: that its solution works with, and what imports it; its own where none are given.
    """

    course: Course
    question: Question
    numbers: Mapping[str, Number] = dataclasses.field(default_factory=dict)

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
    def solution(self) -> str:
        """The text of ``solution.py``, with the numbers in place.

        Raises:
            NumbersError: where it has not set them as it must.
        """
        content = (self.folder / "solution.py").read_bytes()
        return with_numbers(self.question, content, self.numbers).decode("utf-8")

    @property
    def reference(self) -> ModuleType:
        """The module ``solution``."""
        return self._module("solution")

    @property
    def helpers(self) -> Mapping[str, tuple[str, ...]]:
        """For each of the question's functions, those that it is built on."""
        return helpers_of(self.solution)

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
        if self.numbers:  # modules of their own, beside those of other numbers
            package += f"_{zlib.crc32(numbers_text(self.numbers).encode()):08x}"
        _make_package(package, course / self.question.folder)
        if self.numbers:
            self._load_solution(f"{package}.solution")
        return importlib.import_module(f"{package}.{name}")

    def _load_solution(self, name: str) -> None:
        """Have the module of that name ready before anything imports it: its file holds other numbers."""
        if name in sys.modules:
            return
        path = str(self.folder / "solution.py")
        loader = _Text(name, path, self.solution)
        spec = importlib.util.spec_from_file_location(name, path, loader=loader)
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise


class _Text(importlib.machinery.SourceFileLoader):
    """Loads a module from a text in place of what its file holds."""

    def __init__(self, name: str, path: str, text: str) -> None:
        super().__init__(name, path)
        self._text = text

    def get_code(self, fullname: str) -> CodeType:
        """Of the text: nothing is read, and nothing is kept beside the file."""
        return compile(self._text, self.path, "exec", dont_inherit=True)


def _make_package(name: str, folder: Path) -> None:
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package


def load_question(
    course: Course, question: Question, numbers: Mapping[str, Number] | None = None
) -> LoadedQuestion:
    """The trusted code of one question.

    Args:
        course: the course.
        question: the question.
        numbers: that it works with; those of its solution by default.
    """
    return LoadedQuestion(course, question, numbers or {})
