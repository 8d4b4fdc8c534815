"""A stand-in for a worker, in this process: it answers as the reference does, but for one call."""

import functools
import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from grader import wire
from grader.course import Question
from grader.session import Fault, fault_from
from grader.worker._operations import Operations
from grader.worker._replies import fault_of

from ._junk import ALMOST, FAULTS, GROSS, LARGE
from ._plans import Plan

__all__ = ["StandIn", "Truth", "prepare"]


class Truth:
    """What the reference answers, from memory after the first time."""

    def __init__(self, question: Question, file: str) -> None:
        """Load the reference as a worker loads a submission.

        Args:
            question: whose.
            file: the path of the solution.
        """
        self._operations = Operations()
        self._operations.load(question.folder, file)
        self._known: dict[bytes, bytes | Fault] = {}
        self._programs: set[bytes] = set()

    def answer(self, operation: str, arguments: dict[str, Any]) -> Any:
        """The right answer to a request, as it comes over the wire; raises a fault as the session does."""
        request = wire.encode([operation, arguments], as_array=wire.foreign_array)
        key = hashlib.blake2b(request).digest()
        if key not in self._known:
            self._known[key] = self._run(request)
        known = self._known[key]
        if isinstance(known, Fault):
            raise known.with_traceback(None)
        return wire.decode(known)

    def _run(self, request: bytes) -> bytes | Fault:
        operation, arguments = wire.decode(request, make_array=Operations.make_array, networks=True)
        if "program" in arguments and arguments["program"].tobytes() not in self._programs:
            # Only a process of its own may read what somebody else made up.
            return fault_from(
                {"kind": "exception", "type": "ValueError", "text": "no program"}, operation
            )
        try:
            value = self._operations.run(operation, arguments)
        except Exception as error:
            return fault_from(fault_of(error, []), operation)
        if operation == "export":
            self._programs.add(np.asarray(value).tobytes())
        return wire.encode(value, as_array=Operations.as_array)


class StandIn:
    """As much of a session as a student proxy uses."""

    life = 0

    def __init__(self, truth: Truth, plan: Plan, seconds: float = 0.0) -> None:
        """Answer one check.

        Args:
            truth: what is right.
            plan: what is said instead.
            seconds: own time that each answer is said to have taken.
        """
        self._seconds = seconds
        self._truth, self._plan = truth, plan
        self._before: Any = None
        self.calls = 0

    def start(self) -> None:
        """Nothing is started."""

    def load(self, *_: Any) -> None:
        """Nothing is loaded: the stand-in knows the reference."""

    def forget_output(self) -> None:
        """Nothing is printed before a call."""

    def output(self) -> str:
        """What a hostile submission prints."""
        return "\n".join(["x" * 500 + "\t‮✓"] * 30)

    def ask(
        self, operation: str, time: Any, call: object, /, **arguments: Any
    ) -> Callable[[], Any]:
        """The answer, right or not."""
        self.calls += 1
        time.spent += self._seconds
        number, plan = self.calls, self._plan
        junk = plan.kind and (number == plan.call or (plan.on and number > plan.call))

        def answer() -> Any:
            if junk and plan.kind in FAULTS:
                raise FAULTS[plan.kind](call)
            before, self._before = self._before, None
            try:
                truth = self._truth.answer(operation, arguments)
            except Fault:
                if not junk:
                    raise
                truth = None
            self._before = truth
            if not junk:
                return truth
            if plan.kind in LARGE:
                # A copy, as every reply has memory of its own.
                return wire.decode(bytes(bytearray(_encoded(plan.kind))))
            return wire.decode(wire.encode({**GROSS, **ALMOST}[plan.kind](truth, before)))

        return answer


@functools.cache
def _encoded(kind: str) -> bytes:
    """A large value, which is no other for other calls."""
    return wire.encode(LARGE[kind]())


def prepare() -> None:
    """Make the large values, so that what is measured afterwards is the grader's."""
    for kind in LARGE:
        _encoded(kind)
