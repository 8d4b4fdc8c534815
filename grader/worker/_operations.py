"""What the grading process may ask of a worker; each operation is a method of :class:`Operations`."""

import functools
import importlib
import importlib.util
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from grader import wire
from grader.worker import _export, _mending, _source
from grader.worker._reader import Reader
from grader.worker._replies import LoadFailed, Missing
from grader.worker._standins import StandIns
from grader.worker._withhold import withhold

_TRANSFORMATIONS = ("jit", "grad", "value_and_grad", "vmap", "export")
_Step = list  # [transformation, options], as it comes over the wire


class Operations:
    """The state of one worker: loaded files, kept objects, transformed functions."""

    def __init__(self, stand_ins: StandIns | None = None) -> None:
        self.limits = wire.Limits()
        self._stand_ins = stand_ins
        self.files: set[str] = set()
        self._modules: dict[str, ModuleType] = {}
        self._objects: list[Any] = []
        self._transformed: dict[str, Callable[..., Any]] = {}
        self._networks: dict[bytes, Any] = {}
        self._reader = Reader()
        self._jax: dict[str, Any] = {}
        self._compiling = 0.0

    def run(
        self, operation: str, arguments: dict[str, Any], instead: list[Any] | None = None
    ) -> Any:
        """Run one operation by name.

        Args:
            operation: its name.
            arguments: of the method.
            instead: [module, names]: the functions that stand-ins replace meanwhile.
        """
        if instead and self._stand_ins:
            module, names = instead
            with self._stand_ins.in_place_of(
                self._modules.get(module), names, self.make_array, self.as_array
            ):
                return self._run(operation, arguments)
        return self._run(operation, arguments)

    def _run(self, operation: str, arguments: dict[str, Any]) -> Any:
        return {
            "start": self.start,
            "inspect": _source.inspect,
            "load": self.load,
            "call": self.call,
            "build": self.build,
            "network": self.network,
            "touched": self.touched,
            "mend": self.mend,
            "read": self.read,
            "write": self.write,
            "export": self.export,
            "read_program": self._reader.read,
            "run_program": self._reader.run,
            "compiling": lambda: self._compiling,
        }[operation](**arguments)

    # ------------------------------------------------------------------------------------ arrays

    @staticmethod
    def make_array(array: np.ndarray) -> Any:
        """An array that was a ``jax.Array`` over there becomes one here."""
        import jax.numpy as jnp

        return jnp.asarray(array)

    @staticmethod
    def as_array(value: Any) -> np.ndarray | None:
        """A concrete ``jax.Array`` as NumPy; tracers and other classes are refused with a reason."""
        jax = sys.modules.get("jax")
        if jax is None:
            return None
        if isinstance(value, jax.core.Tracer):
            raise wire.Refused("tracer", "a tracer: the value leaked out of a jax transformation")
        if isinstance(value, jax.Array):
            if jax.dtypes.issubdtype(value.dtype, jax.dtypes.prng_key):
                raise wire.Refused("type", "a jax random key")
            return np.asarray(value)
        return None

    # ---------------------------------------------------------------------------------- life cycle

    def start(self, preload: list[str], withheld: list[str], limits: list[int], warm: str) -> bool:
        """Import what every submission needs, then put the withheld names out of reach."""
        self.limits = wire.Limits(*limits)
        for name in preload:
            importlib.import_module(name)
        if jax := sys.modules.get("jax"):
            jax.monitoring.register_event_duration_secs_listener(self._timed)
            # Taken before any student code runs, so that patching jax does not fake what these show.
            self._jax = {name: _of_jax(name) for name in _TRANSFORMATIONS}
            if warm:
                _use_once(self._jax, self._reader if warm == "programs" else None)
        withhold(withheld, self.files)
        return True

    def _timed(self, event: str, seconds: float, **_: Any) -> None:
        """Adds up what JAX says of its compilations, for the benchmark."""
        if event.startswith("/jax/core/compile/"):
            self._compiling += seconds

    def load(self, module: str, file: str) -> bool:
        """Import one file of the submission under the given module name."""
        self.files.add(file)
        spec = importlib.util.spec_from_file_location(module, file)
        assert spec is not None
        assert spec.loader is not None
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[module] = loaded
        try:
            spec.loader.exec_module(loaded)
        except BaseException as error:
            sys.modules.pop(module, None)
            raise LoadFailed from error
        self._modules[module] = loaded
        return True

    # --------------------------------------------------------------------------------------- calls

    def call(
        self,
        target: list[Any],
        steps: list[_Step],
        args: list[Any],
        kwargs: dict[str, Any],
        keep: bool = False,
    ) -> Any:
        """Call a function of the submission, or a kept object, after some transformations."""
        function = self._function(target, steps)
        result = function(*map(self._argument, args), **self._arguments(kwargs))
        if keep:
            return self._keep(result)
        return result

    def touched(
        self, target: list[Any], steps: list[_Step], args: list[Any], kwargs: dict[str, Any]
    ) -> list[int]:
        """Call a function, and give the places of the arguments whose entries it has changed, those with names last."""
        function = self._function(target, steps)
        positional, named = [*map(self._argument, args)], self._arguments(kwargs)
        given = [*positional, *named.values()]
        before = [_entries(value) for value in given]
        function(*positional, **named)
        return [place for place, value in enumerate(given) if _entries(value) != before[place]]

    def network(
        self, target: list[Any], steps: list[_Step], args: list[Any], kwargs: dict[str, Any]
    ) -> dict[str, np.ndarray]:
        """Call a function that returns a network, and return its arrays."""
        return wire.weights_of(self.call(target, steps, args, kwargs))

    def mend(
        self,
        target: list[Any],
        cases: list[tuple[list[Any], dict[str, Any]]],
        chosen: list[int] | None,
    ) -> list[list[Any]]:
        """What a function of the submission answers with one edit or another (:func:`_mending.mended`)."""
        module, name = target
        names = vars(self._modules[module])
        return _mending.mended(names, name, cases, chosen, self._argument, self.as_array)

    def build(self, target: list[Any], args: list[Any], kwargs: dict[str, Any], seed: int) -> Any:
        """Make the student's NNX module with ``rngs=nnx.Rngs(seed)`` and keep it."""
        from flax import nnx

        factory = self._target(target)
        arguments = self._arguments(kwargs)
        return self._keep(factory(*map(self._argument, args), **arguments, rngs=nnx.Rngs(seed)))

    def read(self, target: list[Any]) -> dict[str, Any]:
        """The parameters of a kept NNX module, as nested dicts of arrays."""
        from flax import nnx

        return _plain(nnx.to_pure_dict(nnx.state(self._target(target), nnx.Param)))

    def write(self, target: list[Any], tree: dict[str, Any]) -> bool:
        """Replace the parameters of a kept NNX module."""
        from flax import nnx

        module = self._target(target)
        state = nnx.state(module, nnx.Param)
        nnx.replace_by_pure_dict(state, _numbered(tree, nnx.to_pure_dict(state)))
        nnx.update(module, state)
        self._transformed.clear()
        return True

    def export(
        self, target: list[Any], steps: list[_Step], args: list[Any], kwargs: dict[str, Any]
    ) -> np.ndarray:
        """The function as a compiled program, for arrays of these shapes."""
        arguments = [self._argument(value) for value in args]
        tools = {name: self._transformation(name) for name in ("jit", "export")}
        return _export.export(
            tools, self._function(target, steps), arguments, self._arguments(kwargs)
        )

    # ------------------------------------------------------------------------------------- helpers

    def _keep(self, value: Any) -> wire.Handle:
        self._objects.append(value)
        return wire.Handle(len(self._objects) - 1)

    def _target(self, target: list[Any]) -> Any:
        match target:
            case [wire.Handle(number)]:
                return self._objects[number]
            case [str(module), str(name)]:
                names = vars(self._modules[module])
                if name not in names:
                    raise Missing(name, sorted(n for n, v in names.items() if callable(v))[:200])
                return names[name]
        raise TypeError(f"not a target: {target!r}")

    def _function(self, target: list[Any], steps: list[_Step]) -> Callable[..., Any]:
        function = self._target(target)
        if not steps:
            return function
        key = repr((target, steps))
        if key not in self._transformed:
            if isinstance(function, type) or not callable(function):
                raise TypeError(f"{target[-1]!r} is not a function")
            for name, options in steps:
                options = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
                function = self._transformation(name)(_rankable(function), **options)
            self._transformed[key] = function
        return self._transformed[key]

    def _transformation(self, name: str) -> Any:
        return self._jax.get(name) or _of_jax(name)

    def _argument(self, value: Any) -> Any:
        """Build the networks and look up the handles inside an argument."""
        if isinstance(value, wire.Network):
            key = wire.encode(value)
            if key not in self._networks:
                self._networks[key] = value.build()
            return wire.copy_of(self._networks[key])
        if isinstance(value, wire.Handle):
            return self._objects[value.number]
        if type(value) in (list, tuple):
            return type(value)(self._argument(item) for item in value)
        if type(value) is dict:
            return self._arguments(value)
        if type(value) is np.ndarray and not value.flags.writeable:
            return value.copy()  # the student may write into what is given
        return value

    def _arguments(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        return {name: self._argument(value) for name, value in kwargs.items()}


def _entries(value: Any) -> tuple[Any, ...] | None:
    """What an array of NumPy's holds, to be compared with what it holds later; None for anything else."""
    if type(value) is not np.ndarray:
        return None
    return value.shape, value.dtype.str, value.tobytes()


def _use_once(jax: dict[str, Any], reader: Reader | None) -> None:
    """Make JAX set up what it puts off until it is first used.

    That is its CPU, its compiler, rules of differentiation, and what hands a program over, or reads it.
    """
    ones = np.ones((2, 2), np.float32)
    slope = jax["grad"](lambda x: (x * x).sum())
    program = _export.export(jax, slope, [ones], {})
    if reader:
        reader.run(program, [ones])
    else:
        jax["jit"](slope)(ones).block_until_ready()


def _of_jax(name: str) -> Any:
    """One of JAX's transformations, or its module ``export``."""
    importlib.import_module("jax.export")
    return getattr(importlib.import_module("jax"), name)


def _rankable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Kept NNX modules have no ``__name__``, which jax's transformations want to read."""
    if hasattr(function, "__name__"):
        return function

    @functools.wraps(function, updated=())
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return call


def _plain(tree: Any) -> Any:
    """Layer lists are keyed by position; the wire's dicts have text keys only."""
    if isinstance(tree, dict):
        return {str(key): _plain(value) for key, value in tree.items()}
    return np.asarray(tree)


def _numbered(tree: Any, like: Any) -> Any:
    import jax.numpy as jnp

    if isinstance(tree, dict):
        keys = {str(key): key for key in like}
        if set(tree) - set(keys):
            raise KeyError(f"no parameters called {sorted(set(tree) - set(keys))}")
        return {keys[key]: _numbered(value, like[keys[key]]) for key, value in tree.items()}
    return jnp.asarray(tree)
