"""What holds for all tests."""

import signal
import types
from collections.abc import Callable
from typing import Any

import pytest

from grader import wire
from grader.checks import Student
from grader.session import QuestionTime, RunTime, fault_from
from grader.worker._operations import Operations
from grader.worker._replies import fault_of

# A shell starts what it runs in the background with Ctrl-C ignored, and what the tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


class LocalWorker:
    """Runs a worker's operations in this process; without functions it is as the reader of programs."""

    def __init__(self, functions: dict[str, Callable[..., Any]]) -> None:
        self.life = self.calls = 0
        self.operations = Operations()
        self.operations._modules["q01"] = types.SimpleNamespace(**functions)  # type: ignore[assignment]
        self.forged: dict[str, Any] = {}  # operation -> what is answered instead

    def start(self) -> None:
        pass

    def load(self, module: str, file: str, time: QuestionTime) -> None:
        pass

    def forget_output(self) -> None:
        return

    def output(self) -> str:
        return ""

    def ask(
        self, operation: str, time: QuestionTime, call: str, /, **arguments: Any
    ) -> Callable[[], Any]:
        self.calls += 1
        sent = wire.decode(wire.encode(arguments), networks=True)

        def answer() -> Any:
            try:
                value = self.forged.get(operation) or self.operations.run(operation, sent)
            except Exception as error:
                raise fault_from(fault_of(error, []), call) from error
            return wire.decode(wire.encode(value, as_array=self.operations.as_array))

        return answer


@pytest.fixture
def compiled_student_of() -> Callable[..., Student]:
    """Makes the student proxy of the functions given, whose compiled programs are read as well."""

    def make(strict: bool = True, **functions: Callable[..., Any]) -> Student:
        session: Any = LocalWorker(functions)
        reader: Any = LocalWorker({})
        time = QuestionTime(10.0, RunTime(total=1800.0, patience=600.0))
        return Student(session, "q01", "q01.py", time, {}, lambda: reader, strict)

    return make
