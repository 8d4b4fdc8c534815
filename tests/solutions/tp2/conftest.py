"""What tests of the practical share."""

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from grader.course import find_course, load_question

TP2 = Path(__file__).parents[3] / "solutions" / "tp2"


@pytest.fixture(scope="session")
def beside() -> Callable[[str, str], ModuleType]:
    """Gives a module that lies beside the questions: of which question's checks, by a name that these import of it."""

    def find(question: str, name: str) -> ModuleType:
        course = find_course(str(TP2))
        checks = load_question(course, course.question(question)).load_checks()
        return importlib.import_module(getattr(checks, name).__module__)

    return find


@pytest.fixture(scope="session")
def reference() -> Callable[[str], ModuleType]:
    """Gives the solution of a question."""

    def find(question: str) -> ModuleType:
        course = find_course(str(TP2))
        return load_question(course, course.question(question)).reference

    return find
