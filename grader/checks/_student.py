"""The student proxy: every attribute is a function that runs in the worker."""

import contextlib
import copy
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self

from grader import wire
from grader.checks._answer import Answer
from grader.checks._attempts import Attempts
from grader.checks._isolation import Isolation
from grader.checks._networks import restored
from grader.checks._program import Program
from grader.checks._show import show_call
from grader.checks._survey import Survey
from grader.results import Verdict
from grader.session import Fault, QuestionTime, Session, WorkerNotStarted

__all__ = ["RemoteCall", "RemoteFunction", "RemoteModule", "Student"]


class Student:
    """The submission's file for one question, seen from a check."""

    def __init__(
        self,
        session: Session,
        module: str,
        file: str,
        time: QuestionTime,
        forbidden: Mapping[str, tuple[str, int, bool]],
        reader: Callable[[], Session] | None = None,
        strict: bool = True,
        isolation: Isolation | None = None,
        parameters: Callable[[str], tuple[str, ...]] = lambda function: (),
    ) -> None:
        """Wrap a session.

        Args:
            session: the worker's session.
            module: the module name under which the worker loads the file.
            file: the file's name.
            time: what one call and the whole question may take.
            forbidden: function ("" for all) -> the withheld name its source uses, the line, and whether that
                name is one that gets around what is withheld.
            reader: gives the session, without any student code, that reads and evaluates compiled programs.
            strict: whether what a program must not contain is forbidden, or only advised against.
            isolation: what the reference stands in for, where it does.
            parameters: how the positional arguments of a function are called.
        """
        self._session, self._module, self._file = session, module, file
        self._time, self._forbidden = time, forbidden
        self._spent_before = time.spent
        self._reader = reader or _no_reader
        self._strict, self._isolation = strict, isolation
        self._parameters = parameters
        self._attempts = Attempts()
        self._survey: Survey | None = None
        self._advice: list[str] = []  # operations that the question advises against
        self._programs: dict[str, Program] = {}
        self._called: dict[str, None] = {}  # the functions that the check has called
        self._opened: list[object] = []  # the last call whose raw answer the check has used
        self._last: RemoteCall | None = None  # the last call of a function

    def __getattr__(self, name: str) -> "RemoteFunction":
        if name.startswith("_"):
            raise AttributeError(name)
        return RemoteFunction(self, name, [self._module, name], [])

    def _ask(self, operation: str, name: str, call: object, **arguments: Any) -> Callable[[], Any]:
        self._called[name] = None
        self._last = call if isinstance(call, RemoteCall) else None
        for scope in ("", name):
            if scope in self._forbidden:
                used, line, around = self._forbidden[scope]
                key = "reserved" if around else "forbidden"
                raise Fault(Verdict.FORBIDDEN, key=key, name=used, frames=[(line, name)], call=call)
        session, time, helpers = self._where(name)
        # Where no time is left, that is said of the call, not of the file.
        time.for_call(call)
        session.load(self._module, self._file, time)
        if self._isolation is None or not helpers:
            return session.ask(operation, time, call, **arguments)
        arguments["instead"] = (self._module, helpers)
        return self._isolation.checked(session.ask(operation, time, call, **arguments))

    def _load(self) -> None:
        """Load the file, and nothing else.

        Raises:
            Fault: when that cannot be done.
        """
        self._session.load(self._module, self._file, self._time)

    def _helpers_of(self, function: str) -> tuple[str, ...]:
        """The functions that the reference answers for while this one is called."""
        return self._isolation.helpers_of(function) if self._isolation else ()

    def _where(self, function: str) -> tuple[Session, QuestionTime, tuple[str, ...]]:
        """The session in which a function runs, what it may take, and which others the reference answers for."""
        helpers = self._helpers_of(function)
        if self._isolation is None or not helpers:
            return self._session, self._time, ()
        session, time = self._isolation.workers(function, helpers)
        return session, self._time if self._survey else time, helpers

    @contextlib.contextmanager
    def _apart(self) -> Iterator[None]:
        """For calls that serve a message alone: neither the question nor the run pays for them."""
        time, self._time = self._time, self._time.apart()
        try:
            yield
        finally:
            self._time = time

    @contextlib.contextmanager
    def _uncounted(self) -> Iterator[Callable[..., Any]]:
        """What asks a worker whose answers do not count (:meth:`Isolation.apart`)."""
        if self._isolation is None:
            raise WorkerNotStarted("there is no worker here whose answers do not count")
        with self._isolation.apart(self._module, self._file) as ask:
            yield ask

    def _seconds(self) -> float:
        """Own time that this check has taken so far."""
        isolated = self._isolation.seconds if self._isolation else 0.0
        return self._time.spent - self._spent_before + isolated

    def _read(self, operation: str, call: object, **arguments: Any) -> Callable[[], Any]:
        """Ask the session that reads programs; what it takes is the student's time too."""
        return self._reader().ask(operation, self._time, call, **arguments)


def _no_reader() -> Session:
    raise RuntimeError("there is no worker here that reads programs")


@dataclasses.dataclass(frozen=True)
class RemoteCall:
    """A call of a function; as text it is written out only when a message needs it.

    It holds nothing that leads back to the student, whose last call it may be: a cycle would keep the call's arrays,
    and those of the answer, until the garbage collector comes.
    """

    name: str
    steps: list[list[Any]]
    kept: bool  # of an object that stays in the worker
    parameters: Sequence[str]
    args: tuple
    kwargs: Mapping[str, Any]

    def __str__(self) -> str:
        steps = [step for step, _ in self.steps]
        return show_call(self.name, steps, self.args, self.kwargs, self.parameters)


class RemoteFunction:
    """A function of the submission, perhaps transformed; calling it runs it in the worker."""

    kept = False

    def __init__(
        self, student: Student, name: str, target: list[Any], steps: list[list[Any]]
    ) -> None:
        self.student, self.name, self.target, self.steps = student, name, target, steps

    def __call__(self, *args: Any, **kwargs: Any) -> Answer:
        """The student's answer, as yet of any form: ``student.f(x).array((3,), kind="float")``."""
        value = self.ask(*args, **kwargs)()
        return self._answer(value, self.called(args, kwargs))

    def network(self, *args: Any, like: Any, **kwargs: Any) -> Any:
        """Call a function that returns a network, and get its numbers in a network of our own.

        Args:
            args: positional arguments of the student's function.
            like: the network, or its description, that must come back, in structure: its own arrays are not used.
            kwargs: keyword arguments of the student's function.

        Returns:
            A copy of ``like`` with the arrays that the student's network has.

        Raises:
            BadForm: when what comes back has another structure, or numbers that are not finite.
        """
        call = self.called(args, kwargs)
        answer = self._answer(self._ask("network", args, kwargs)(), call)
        return restored(answer, like, str(call))

    def ask(self, *args: Any, **kwargs: Any) -> Callable[[], Any]:
        """Start the call; the result waits for the raw value and raises what :class:`Fault` says."""
        return self._ask("call", args, kwargs)

    def touched(self, *args: Any, **kwargs: Any) -> list[str]:
        """Call it, and say which of the arrays that it was given it has changed: the names of these arguments."""
        places = self._ask("touched", args, kwargs)()
        if not isinstance(places, list):
            raise Fault(Verdict.BAD_OUTPUT, key="protocol", call=self.called(args, kwargs))
        names = [*self.student._parameters(self.name)[: len(args)]]
        names += [f"args[{place}]" for place in range(len(names), len(args))]
        known = [*names, *kwargs]
        return [name for place, name in enumerate(known) if place in places]

    def _answer(self, value: Any, call: object) -> Answer:
        return Answer(value, call, self.student._opened)

    def _ask(
        self, operation: str, args: tuple, kwargs: dict[str, Any], **more: Any
    ) -> Callable[[], Any]:
        """Start an operation that calls the function."""
        call = self.called(args, kwargs)
        more |= {"steps": self.steps, "args": list(args), "kwargs": kwargs}
        return self._start(operation, call, **more)

    def _start(self, operation: str, call: object, **arguments: Any) -> Callable[[], Any]:
        return self.student._ask(operation, self.name, call, target=self.target, **arguments)

    def describe(self, args: tuple, kwargs: Mapping[str, Any]) -> str:
        """The call as the student would write it."""
        return str(self.called(args, kwargs))

    def called(self, args: tuple, kwargs: Mapping[str, Any]) -> RemoteCall:
        """A call of it, which is not started."""
        names = self.student._parameters(self.name)
        return RemoteCall(self.name, self.steps, self.kept, names, args, kwargs)

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

    # ------------------------------------------------------------------------------------- programs

    def program(self, *args: Any, **kwargs: Any) -> Program:
        """The function compiled for arrays of these shapes, as a program that can be looked at and evaluated.

        Args:
            args: positional arguments; of arrays only shape and dtype count, anything else is fixed for good.
            kwargs: keyword arguments, likewise.

        Returns:
            The program; asked for again with the same shapes, the same one.

        Raises:
            Fault: when the function cannot be compiled, or calls Python while it runs.
        """
        key = f"{self.target} {self.steps} {Program.made_for(args, kwargs)}"
        if key not in self.student._programs:
            self.student._programs[key] = Program(self, args, kwargs)
        return self.student._programs[key]

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

    kept = True

    def __init__(
        self, student: Student, name: str, target: list[Any], steps: list[list[Any]]
    ) -> None:
        super().__init__(student, name, target, steps)
        self._session = student._where(name)[0]
        self._life = self._session.life

    def parameters(self) -> Answer:
        """The parameters, nested dictionaries of arrays."""
        call = f"{self.name}.parameters()"
        return self._answer(self._start("read", call)(), call)

    def set_parameters(self, tree: dict[str, Any]) -> None:
        """Replace the parameters; missing ones keep their values."""
        self._start("write", f"{self.name}.set_parameters(…)", tree=tree)()

    def _start(self, operation: str, call: object, **arguments: Any) -> Callable[[], Any]:
        """Start an operation, unless the worker that held the object is gone."""
        if self._session.life != self._life:
            raise Fault(Verdict.CRASHED, key="worker_lost", call=self.name)
        return super()._start(operation, call, **arguments)
