"""Stand-ins for a worker, for what is not about processes."""

import shutil
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader import wire
from grader.checks import Student
from grader.checks._student import Budget
from grader.results import Verdict
from grader.session import Fault, _workers


class LocalSession:
    """Calls functions in this process, through the wire's codec, as a worker would."""

    def __init__(self, functions: dict[str, Callable[..., Any]]) -> None:
        self.functions, self.life, self.calls = functions, 0, 0

    def load(self, module: str, file: str, seconds: float) -> None:
        pass

    def forget_output(self) -> None:
        return

    def output(self) -> str:
        return ""

    def ask(
        self, operation: str, seconds: float, call: str, /, **arguments: Any
    ) -> Callable[[], Any]:
        self.calls += 1
        sent = wire.decode(wire.encode(arguments), networks=True)

        def answer() -> Any:
            name = sent["target"][1]
            if name not in self.functions:
                raise Fault(Verdict.FAILED, call=call, name=name, names=list(self.functions))
            try:
                value = self.functions[name](*sent["args"], **sent["kwargs"])
            except Fault:
                raise
            except Exception as error:
                kind = type(error).__name__
                raise Fault(Verdict.EXCEPTION, call=call, type=kind, text=str(error)) from error
            return wire.decode(wire.encode(value))

        return answer


@pytest.fixture
def student_of() -> Callable[..., Student]:
    """Makes the student proxy of the functions given."""

    def make(**functions: Callable[..., Any]) -> Student:
        session: Any = LocalSession(functions)
        return Student(session, "q01", "q01.py", Budget(10.0, 120.0), types.MappingProxyType({}))

    return make


@pytest.fixture
def maths(tmp_path, monkeypatch) -> Path:
    """The folder of a small course in plain Python, to be used or spoilt; its workers start without JAX."""
    monkeypatch.setattr(_workers, "PRELOAD", ())
    here = Path(__file__).parent / "courses"
    root = tmp_path / "a course"
    for part in ("solutions", "exercises"):
        shutil.copytree(here / part / "maths", root / part / "maths")
    return root / "solutions" / "maths"
