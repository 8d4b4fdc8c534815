"""The student proxy: every attribute is a function that runs in the worker."""

import copy
import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

from grader import wire
from grader.checks._show import show_call
from grader.results import Verdict
from grader.session import Fault, Session

__all__ = ["Attempt", "Budget", "RemoteFunction", "RemoteModule", "Student"]

_IMPORT_SECONDS = 20.0


@dataclasses.dataclass
class Attempt:
    """One case that was tried: what was called, and what came of it (``got`` or ``fault``)."""

    function: str
    steps: list[list[Any]]
    args: tuple
    kwargs: dict[str, Any]
    expected: Any
    tolerances: tuple[float | None, float | None]
    got: Any = None
    fault: Fault | None = None
    wrong: bool = False
    printed: str = ""


@dataclasses.dataclass
class Budget:
    """Seconds: for one call, and left for all calls of a question, however many checks make them."""

    call: float
    left: float

    def grant(self, call: object) -> float:
        """The deadline of the next call."""
        if self.left <= 0:
            raise Fault(Verdict.TIMEOUT, key="budget", call=call)
        return min(self.call, self.left)

    def charging(self, answer: Callable[[], Any]) -> Callable[[], Any]:
        """The same wait, taken from what is left."""

        def wait() -> Any:
            began = time.monotonic()
            try:
                return answer()
            finally:
                self.left -= time.monotonic() - began

        return wait


class Student:
    """The submission's file for one question, seen from a check."""

    def __init__(
        self,
        session: Session,
        module: str,
        file: str,
        budget: Budget,
        forbidden: Mapping[str, tuple[str, int]],
    ) -> None:
        """Wrap a session.

        Args:
            session: the worker's session.
            module: the module name under which the worker loads the file.
            file: the file's name.
            budget: of one call and of the whole question.
            forbidden: function ("" for all) -> the withheld name its source uses, and the line.
        """
        self._session, self._module, self._file = session, module, file
        self._budget, self._forbidden = budget, forbidden
        self._attempts: list[Attempt] = []

    def __getattr__(self, name: str) -> "RemoteFunction":
        if name.startswith("_"):
            raise AttributeError(name)
        return RemoteFunction(self, name, [self._module, name], [])

    def _ask(self, operation: str, name: str, call: object, **arguments: Any) -> Callable[[], Any]:
        for scope in ("", name):
            if scope in self._forbidden:
                used, line = self._forbidden[scope]
                raise Fault(Verdict.FORBIDDEN, name=used, frames=[(line, name)], call=call)
        # Importing is budgeted apart: a first import may bring in packages that nothing else needed.
        self._session.load(self._module, self._file, self._budget.call + _IMPORT_SECONDS)
        seconds = self._budget.grant(call)
        return self._budget.charging(self._session.ask(operation, seconds, call, **arguments))


@dataclasses.dataclass(frozen=True)
class _Description:
    """A call as text, written out only when a message needs it."""

    function: "RemoteFunction"
    args: tuple
    kwargs: Mapping[str, Any]

    def __str__(self) -> str:
        return self.function.describe(self.args, self.kwargs)


class RemoteFunction:
    """A function of the submission, perhaps transformed; calling it runs it in the worker."""

    def __init__(
        self, student: Student, name: str, target: list[Any], steps: list[list[Any]]
    ) -> None:
        self.student, self.name, self.target, self.steps = student, name, target, steps

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.ask(*args, **kwargs)()

    def ask(self, *args: Any, **kwargs: Any) -> Callable[[], Any]:
        """Start the call; the result waits for the answer and raises what :class:`Fault` says."""
        return self._ask("call", args, kwargs)

    def _ask(
        self, operation: str, args: tuple, kwargs: dict[str, Any], **more: Any
    ) -> Callable[[], Any]:
        """Start an operation that calls the function."""
        call = _Description(self, args, kwargs)
        more |= {"steps": self.steps, "args": list(args), "kwargs": kwargs}
        return self._start(operation, call, **more)

    def _start(self, operation: str, call: object, **arguments: Any) -> Callable[[], Any]:
        return self.student._ask(operation, self.name, call, target=self.target, **arguments)

    def describe(self, args: tuple, kwargs: Mapping[str, Any]) -> str:
        """The call as the student would write it."""
        return show_call(self.name, [step for step, _ in self.steps], args, kwargs)

    # ------------------------------------------------------------------------------ transformations

    def jit(self, **options: Any) -> Self:
        """``jax.jit`` of it, compiled once in the worker."""
        return self._step("jit", options)

    def grad(self, **options: Any) -> Self:
        """``jax.grad`` of it."""
        return self._step("grad", options)

    def value_and_grad(self, **options: Any) -> Self:
        """``jax.value_and_grad`` of it."""
        return self._step("value_and_grad", options)

    def vmap(self, **options: Any) -> Self:
        """``jax.vmap`` of it."""
        return self._step("vmap", options)

    def _step(self, name: str, options: dict[str, Any]) -> Self:
        # The wire has lists for what JAX takes as tuples (axes, argument numbers); the worker turns them back.
        plain = {k: list(v) if isinstance(v, tuple) else v for k, v in options.items()}
        stepped = copy.copy(self)
        stepped.steps = [*self.steps, [name, plain]]
        return stepped

    # ------------------------------------------------------------------------------------ structure

    def primitives(self, *args: Any, **kwargs: Any) -> set[str]:
        """Names of the JAX primitives that the function uses on these arguments."""
        names = self._ask("primitives", args, kwargs)()
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise Fault(Verdict.BAD_OUTPUT, key="protocol", call=self.describe(args, kwargs))
        return set(names)

    # -------------------------------------------------------------------------------------- modules

    def build(self, *args: Any, seed: int = 0, **kwargs: Any) -> "RemoteModule":
        """Make the student's NNX module with ``rngs=nnx.Rngs(seed)``; it stays in the worker."""
        call = self.describe(args, {**kwargs, "seed": seed})
        handle = self._start("build", call, args=list(args), kwargs=kwargs, seed=seed)()
        return self._module(handle, call)

    def keep(self, *args: Any, **kwargs: Any) -> "RemoteModule":
        """Call it and keep the result in the worker: for functions that return a network."""
        handle = self._ask("call", args, kwargs, keep=True)()
        return self._module(handle, self.describe(args, kwargs))

    def _module(self, handle: Any, call: str) -> "RemoteModule":
        if not isinstance(handle, wire.Handle):
            raise Fault(Verdict.BAD_OUTPUT, key="protocol", call=call)
        return RemoteModule(self.student, self.name, [handle], [])


class RemoteModule(RemoteFunction):
    """An object kept in the worker, usually an NNX module; called like a function."""

    def __init__(
        self, student: Student, name: str, target: list[Any], steps: list[list[Any]]
    ) -> None:
        super().__init__(student, name, target, steps)
        self._life = student._session.life

    def parameters(self) -> dict[str, Any]:
        """The parameters as nested dicts of arrays."""
        call = f"{self.name}.parameters()"
        tree = self._start("read", call)()
        if not isinstance(tree, dict):
            raise Fault(Verdict.BAD_OUTPUT, key="protocol", call=call)
        return tree

    def set_parameters(self, tree: dict[str, Any]) -> None:
        """Replace the parameters; missing ones keep their values."""
        self._start("write", f"{self.name}.set_parameters(…)", tree=tree)()

    def _start(self, operation: str, call: object, **arguments: Any) -> Callable[[], Any]:
        """Start an operation, unless the worker that held the object is gone."""
        if self.student._session.life != self._life:
            raise Fault(Verdict.CRASHED, key="worker_lost", call=self.name)
        return super()._start(operation, call, **arguments)
