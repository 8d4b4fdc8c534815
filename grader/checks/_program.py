"""A compiled function of the submission as the answer: looked at, and evaluated where none of its code runs.

The student's worker hands the program over as bytes.  A second worker, which holds no code of any student, reads
its operations and evaluates it on fresh arrays; this process does neither.  So what the program does is what is
graded, and there is nothing to claim about how it came about.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from grader.checks._answer import Answer
from grader.checks._show import show_call
from grader.messages import Language, say
from grader.results import Verdict
from grader.session import Fault

if TYPE_CHECKING:
    from grader.checks._student import RemoteFunction, Student

__all__ = ["Program", "operation_name"]

_DIALECT = "stablehlo."
_CALLBACK = "callback"  # in the name of every custom call that leads to Python
_MOST_BYTES = 8 * 2**20  # a check keeps the program of every shape it asks for
_NAMED = ("callback", "convolution", "fft", "reduce_window", "select_and_scatter")


class Program:
    """A function that was compiled for arrays of certain shapes; called and compared like the function itself.

    Attributes:
        call: how messages name it.
        operations: how often each operation occurs, functions, loops and branches included; StableHLO's without
            their prefix: ``{"dot_general": 1, "func.call": 2}``.
        step_count: how many operations run one after the other, each turn of a loop counted.
        unbounded: how many loops there are whose number of turns the program does not fix.
    """

    kept = False

    def __init__(self, function: "RemoteFunction", args: tuple, kwargs: Mapping[str, Any]) -> None:
        """Have the function compiled, and its program read.

        Args:
            function: what to compile, perhaps transformed.
            args: positional arguments; of arrays only shape and dtype are used, and the worker sees nothing else.
            kwargs: keyword arguments, likewise.

        Raises:
            Fault: when there is no program, or one that calls Python.
        """
        self.student: Student = function.student
        self.name = function.name
        self.steps = [*function.steps, ["jit", {}]]
        self.call = self.describe(args, kwargs)
        self._wanted, _ = _taken_apart(args, kwargs)
        shapes = {"args": _blank(list(args)), "kwargs": _blank(_sorted(kwargs))}
        call = function.jit().called(args, kwargs)
        answer = function._start("export", call, steps=function.steps, **shapes)
        self.student._reader().start()  # while the function is being traced
        try:
            self._data = self._bytes(answer())
        except Fault as fault:
            if fault.facts.get("reason") == "callback":
                raise self._forbidden("callback") from None
            raise
        facts = self._read("read_program", self.call)()
        self.operations, self.step_count, self.unbounded = self._facts(facts)

    def __call__(self, *args: Any, **kwargs: Any) -> Answer:
        """What the program computes, as yet of any form."""
        value = self.ask(*args, **kwargs)()
        return Answer(value, self.describe(args, kwargs), self.student._opened)

    @staticmethod
    def made_for(args: tuple, kwargs: Mapping[str, Any]) -> str:
        """What a program for these arguments is made for, in words: shapes, dtypes, and all that is no array."""
        return _taken_apart(args, kwargs)[0]

    def ask(self, *args: Any, **kwargs: Any) -> Callable[[], Any]:
        """Start evaluating it; the result waits for the raw value and raises what :class:`Fault` says.

        Raises:
            TypeError: for other shapes, or other values of what is no array, than it was compiled for.
        """
        wanted, arrays = _taken_apart(args, kwargs)
        if wanted != self._wanted:
            raise TypeError(f"{self.call} was compiled for other shapes than these: {wanted}")
        return self._read("run_program", self.describe(args, kwargs), arrays=arrays)

    def describe(self, args: tuple, kwargs: Mapping[str, Any]) -> str:
        """The call as the student would write it."""
        names = self.student._parameters(self.name)
        return show_call(self.name, [step for step, _ in self.steps], args, kwargs, names)

    def without(self, *operations: str) -> Self:
        """Demand that certain operations do not occur, in whatever the function calls.

        Args:
            operations: names as in :attr:`operations`, "convolution" for one.

        Raises:
            Fault: ``forbidden``, where the question forbids; where it only advises, the check's message says so.
        """
        for name in operations:
            if self.operations[name]:
                if self.student._strict:
                    raise self._forbidden(name)
                self.student._advice.append(name)
        return self

    # -------------------------------------------------------------------------------------- details

    def _forbidden(self, operation: str) -> Fault:
        verdict = Verdict.FORBIDDEN if self.student._strict else Verdict.BAD_OUTPUT
        return Fault(verdict, key="operation", operation=operation, call=self.call)

    def _read(self, operation: str, call: str, **arguments: Any) -> Callable[[], Any]:
        """Ask the worker that reads; what it cannot do anything with is the student's bad output."""
        answer = self.student._read(operation, call, program=self._data, **arguments)

        def wait() -> Any:
            try:
                return answer()
            except Fault as fault:
                if fault.verdict is not Verdict.EXCEPTION:
                    raise
                detail = f"{fault.facts.get('type')}: {fault.facts.get('text')}"
                raise self._unreadable(detail) from None

        return wait

    def _bytes(self, data: Any) -> np.ndarray:
        if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.ndim != 1:
            raise Fault(Verdict.BAD_OUTPUT, key="protocol", call=self.call)
        if data.size > _MOST_BYTES:
            raise self._unreadable(f"{data.size} bytes")
        return data

    def _facts(self, facts: Any) -> tuple[Counter[str], int, int]:
        """What the reader says, of exact types; hostile bytes might have got the better of it."""
        match facts:
            case {
                "operations": dict(operations),
                "calls": dict(calls),
                "steps": int(steps),
                "unbounded": int(unbounded),
            } if all(type(n) is int for n in (*operations.values(), *calls.values())):
                if any(_CALLBACK in target for target in calls):
                    raise self._forbidden("callback")
                counts = {name.removeprefix(_DIALECT): n for name, n in operations.items()}
                return Counter(counts), steps, unbounded
        raise self._unreadable("")

    def _unreadable(self, detail: str) -> Fault:
        return Fault(Verdict.BAD_OUTPUT, reason="program", detail=detail[:300], call=self.call)


def operation_name(operation: str, language: Language) -> str:
    """An operation in the words of a student."""
    key = f"operation_{operation if operation in _NAMED else 'other'}"
    return say(key, language, operation=operation)


def _sorted(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    return {name: kwargs[name] for name in sorted(kwargs)}


def _is_array(value: Any) -> bool:
    return hasattr(value, "__array__") and hasattr(value, "shape")


def _taken_apart(args: tuple, kwargs: Mapping[str, Any]) -> tuple[str, list[np.ndarray]]:
    """What a program is made for, in words, and the arrays, in the order in which the worker meets them."""
    arrays: list[np.ndarray] = []

    def described(value: Any) -> Any:
        if _is_array(value):
            arrays.append(np.asarray(value))
            return f"{value.dtype}{list(value.shape)}"
        if type(value) in (list, tuple):
            return type(value)(described(item) for item in value)
        if type(value) is dict:
            return {key: described(item) for key, item in value.items()}
        return repr(value)

    return str((described(args), described(_sorted(kwargs)))), arrays


def _blank(value: Any) -> Any:
    """The same arguments with zeros for every number in an array."""
    if _is_array(value):
        return np.zeros(value.shape, value.dtype)
    if type(value) in (list, tuple):
        return type(value)(_blank(item) for item in value)
    if type(value) is dict:
        return {key: _blank(item) for key, item in value.items()}
    return value
