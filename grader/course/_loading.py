"""A question's trusted code: reference, mistakes, and the path of its checks."""

import dataclasses
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.course._manifest import Course, Question

__all__ = ["LoadedQuestion", "load_question"]

_PACKAGE = "_grader_courses"


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

    @property
    def reference(self) -> ModuleType:
        """The module ``solution``."""
        return self._module("solution")

    @property
    def mistakes(self) -> list[Callable[..., Any]]:
        """The functions of ``mistakes.py`` decorated with ``@mistake``, in the file's order."""
        if not (self.folder / "mistakes.py").is_file():
            return []
        module = self._module("mistakes")
        return [f for f in vars(module).values() if hasattr(f, "__mistake__")]

    def _module(self, name: str) -> ModuleType:
        """Import ``<folder>/<name>.py`` as a module of a package of its own, so that ``from . import`` works."""
        package = f"{_PACKAGE}.{self.course.path.as_posix().replace('.', '_')}.{self.folder.name}"
        if package not in sys.modules:
            parent = ModuleType(package)
            parent.__path__ = [str(self.folder)]
            sys.modules[package] = parent
        full = f"{package}.{name}"
        if full not in sys.modules:
            spec = importlib.util.spec_from_file_location(full, self.folder / f"{name}.py")
            assert spec is not None and spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[full] = module
            try:
                spec.loader.exec_module(module)
            except BaseException:
                del sys.modules[full]
                raise
            setattr(sys.modules[package], name, module)
        return sys.modules[full]


def load_question(course: Course, question: Question) -> LoadedQuestion:
    """The trusted code of one question."""
    return LoadedQuestion(course, question)
