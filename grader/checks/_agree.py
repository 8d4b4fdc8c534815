"""The two assertions of a check: ``agree`` with the reference, ``expect`` a property."""

import contextlib
import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from grader import wire
from grader.checks._compare import Difference, compare
from grader.checks._student import Attempt, RemoteFunction
from grader.messages import no_break
from grader.session import Fault

__all__ = ["Expectation", "Mismatch", "agree", "expect", "run_here"]


class Mismatch(AssertionError):
    """The answer differs from the reference's."""

    def __init__(self, attempt: Attempt, call: str, difference: Difference) -> None:
        super().__init__(f"{call}: {difference.key} {difference.facts}")
        self.attempt, self.call, self.difference = attempt, call, difference


class Expectation(AssertionError):
    """A property does not hold; ``text`` says which in each language."""

    def __init__(self, text: dict[str, str], shown: dict[str, Any]) -> None:
        super().__init__(text["en"])
        self.text, self.shown = text, shown


def agree(
    function: RemoteFunction,
    reference: Callable[..., Any],
    *args: Any,
    rtol: float | None = None,
    atol: float | None = None,
    **kwargs: Any,
) -> Any:
    """Call the student's function and the reference on the same arguments and compare.

    Args:
        function: from the ``student`` fixture, perhaps transformed; the reference is transformed alike.
        reference: the trusted function, run in this process while the worker computes.
        args: positional arguments of both.
        rtol: relative tolerance; by dtype when None.
        atol: absolute tolerance; by dtype when None.
        kwargs: keyword arguments of both.

    Returns:
        The reference's value.

    Raises:
        Mismatch: when the values differ.
        Fault: when the student's function gave no value.
        Exception: what the reference raised; an error of the check, never the student's.
    """
    attempt = Attempt(function.name, function.steps, args, kwargs, None, (rtol, atol))
    session = function.student._session
    session.forget_output()
    try:
        answer = function.ask(*args, **kwargs)
        try:
            attempt.expected = run_here(reference, function.steps, args, kwargs)
        except Exception:
            with contextlib.suppress(Fault):
                answer()  # the next call must not find this one's reply
            raise  # the reference's error is ours, whatever the student's code did
        attempt.got = answer()
    except Fault as fault:
        attempt.fault, attempt.wrong, attempt.printed = fault, True, session.output()
        function.student._attempts.append(attempt)
        raise
    difference = compare(attempt.got, attempt.expected, rtol, atol)
    attempt.wrong = difference is not None
    function.student._attempts.append(attempt)
    if difference is not None:
        attempt.printed = session.output()
        raise Mismatch(attempt, function.describe(args, kwargs), difference)
    return attempt.expected


def expect(condition: bool, *, fr: str, en: str, **shown: Any) -> None:
    """State a property of an answer.

    Args:
        condition: whether it holds; a bool computed here from decoded values.
        fr: what is wrong, and how to go on, in French.
        en: the same in English.
        shown: values to show beside it.

    Raises:
        Expectation: when it does not hold.
    """
    if not bool(condition):
        raise Expectation({"fr": no_break(fr), "en": en}, shown)


def run_here(
    function: Callable[..., Any], steps: list[list[Any]], args: tuple, kwargs: dict[str, Any]
) -> Any:
    """Run a trusted function in this process, transformed as the student's was (but not compiled)."""
    for name, options in steps:
        if name != "jit":
            import jax

            options = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
            function = getattr(jax, name)(function, **options)
    return function(*map(_local, args), **{name: _local(value) for name, value in kwargs.items()})


def _local(value: Any) -> Any:
    if isinstance(value, wire.Network):
        return wire.copy_of(_built(wire.encode(value)))
    if type(value) is np.ndarray:
        return value.copy()  # what writes into its argument must not change the case
    if type(value) in (list, tuple):
        return type(value)(map(_local, value))
    if type(value) is dict:
        return {key: _local(item) for key, item in value.items()}
    return value


@functools.lru_cache(maxsize=64)
def _built(description: bytes) -> Any:
    return wire.decode(description, networks=True).build()
