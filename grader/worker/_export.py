"""A function of the submission as a compiled program, to be read and evaluated where none of its code runs.

Nothing depends on this side's honesty: the bytes are the answer, and what they compute is what is graded.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.worker._replies import NotAProgram

__all__ = ["export"]

# Primitives that leave the compiled program for Python; those for debugging show values and change none.
_CALLBACKS = ("callback", "io_callback", "pure_callback", "python_callback")
_DEBUGGING = "debug_"


def export(
    jax: dict[str, Any], function: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
) -> np.ndarray:
    """Compile a function and give the program's bytes.

    Args:
        jax: ``jit`` and ``export``, taken before any student code ran.
        function: what to compile.
        args: positional arguments; of arrays only shape and dtype are used, anything else is fixed.
        kwargs: keyword arguments, likewise.

    Returns:
        ``jax.export``'s serialisation, as unsigned bytes.

    Raises:
        NotAProgram: when the traced function calls Python, or no program can give what it returns.
        Exception: what the student's function raised while it was traced.
    """
    arrays: list[Any] = []
    call = _without_arrays(args, arrays), _without_arrays(kwargs, arrays)

    def of_arrays(*values: Any) -> Any:
        remaining = iter(values)
        positional, named = (_with_arrays(part, remaining) for part in call)
        return function(*positional, **named)

    compiled = jax["jit"](of_arrays)
    used = _primitives(compiled.trace(*arrays).jaxpr)
    shown = [primitive for name, primitive in used.items() if name.startswith(_DEBUGGING)]
    with _silenced(shown):
        if shown:
            compiled = jax["jit"](of_arrays)
            used = _primitives(compiled.trace(*arrays).jaxpr)
        for name in used:
            if name in _CALLBACKS:
                raise NotAProgram("callback", name)
        return _serialised(jax["export"], compiled, arrays)


def _serialised(export: Any, compiled: Any, arrays: list[Any]) -> np.ndarray:
    try:
        exported = export.export(
            compiled,
            platforms=["cpu"],
            # Which custom calls are harmless is not decided on this side.
            disabled_checks=[export.DisabledSafetyCheck.custom_call("ALL")],
        )(*arrays)
        return np.frombuffer(exported.serialize(), np.uint8)
    except Exception as error:
        # Tracing went well, so this is no exception of the student's own.
        raise NotAProgram("program", f"{type(error).__name__}: {error}") from error


class _Place:
    """Stands where an array stood among the arguments."""


def _without_arrays(value: Any, arrays: list[Any]) -> Any:
    """The arguments with a place for each array; the arrays are added to ``arrays`` in order."""
    if type(value) in (list, tuple):
        return type(value)(_without_arrays(item, arrays) for item in value)
    if type(value) is dict:
        return {key: _without_arrays(item, arrays) for key, item in value.items()}
    if hasattr(value, "__array__") and hasattr(value, "shape"):
        arrays.append(value)
        return _Place
    return value


def _with_arrays(value: Any, arrays: Iterator[Any]) -> Any:
    if type(value) in (list, tuple):
        return type(value)(_with_arrays(item, arrays) for item in value)
    if type(value) is dict:
        return {key: _with_arrays(item, arrays) for key, item in value.items()}
    return next(arrays) if value is _Place else value


@contextlib.contextmanager
def _silenced(primitives: list[Any]) -> Iterator[None]:
    """Let ``jax.debug.print`` and the like leave nothing in a trace: what they show is no part of the answer."""
    if not primitives:
        yield
        return
    from jax import clear_caches

    clear_caches()  # an inner `jit` remembers its own trace
    for primitive in primitives:
        primitive.bind = lambda *args, **parameters: []
    try:
        yield
    finally:
        for primitive in primitives:
            del primitive.bind
        clear_caches()


def _primitives(jaxpr: Any) -> dict[str, Any]:
    """The primitives in a trace by name, nested ones included."""
    found: dict[str, Any] = {}
    waiting = [jaxpr]
    while waiting:
        jaxpr = waiting.pop()
        for equation in getattr(jaxpr, "jaxpr", jaxpr).eqns:
            found[equation.primitive.name] = equation.primitive
            for value in equation.params.values():
                parts = value if isinstance(value, (list, tuple)) else [value]
                waiting += [p for p in parts if hasattr(getattr(p, "jaxpr", p), "eqns")]
    return found
