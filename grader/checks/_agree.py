"""The two assertions of a check: ``agree`` with the reference, ``expect`` a property."""

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np

from grader import wire
from grader.checks._attempts import Attempt
from grader.checks._compare import Difference, compare
from grader.checks._networks import built
from grader.checks._program import Program
from grader.checks._recorded import Recorded
from grader.checks._student import RemoteFunction
from grader.messages import Text, in_all, text_of, told
from grader.results import Verdict
from grader.session import Fault

__all__ = ["Expectation", "Mismatch", "agree", "expect", "run_here", "untouched"]


class Mismatch(AssertionError):
    """The answer differs from the reference's; ``note`` is what the check says of other values."""

    def __init__(
        self, attempt: Attempt, call: str, difference: Difference, note: Text | None = None
    ) -> None:
        super().__init__(f"{call}: {difference.key} {difference.facts}")
        self.attempt, self.call, self.difference, self.note = attempt, call, difference, note


class Expectation(AssertionError):
    """A property does not hold; ``text`` says which in each language."""

    def __init__(self, text: dict[str, str], shown: dict[str, Any]) -> None:
        super().__init__(told(text, "en"))
        self.text, self.shown = text, shown


def agree(
    function: RemoteFunction | Program,
    reference: Callable[..., Any],
    *args: Any,
    rtol: float | None = None,
    atol: float | None = None,
    note: Text | None = None,
    **kwargs: Any,
) -> Any:
    """Call the student's function and the reference on the same arguments and compare.

    Args:
        function: from the ``student`` fixture, perhaps transformed, or a program of it; the reference is
            transformed alike.
        reference: the trusted function, run in this process while the worker computes.
        args: positional arguments of both.
        rtol: relative tolerance; by dtype when None.
        atol: absolute tolerance; by dtype when None.
        note: said first when values differ: what that means, in each language.
        kwargs: keyword arguments of both.

    Returns:
        The reference's value.

    Raises:
        Mismatch: when the values differ; not while more answers are wanted of a check that has failed.
        Fault: when the student's function gave no value.
        Exception: what the reference raised; an error of the check, never the student's.
    """
    tolerances = rtol, atol
    attempt = Attempt(
        function.name,
        function.steps,
        args,
        kwargs,
        None,
        tolerances,
        reference=reference,
        kept=function.kept,
        note=note,
    )
    attempt.helpers = function.student._helpers_of(function.name)
    asking_on = function.student._survey
    if asking_on is not None and not asking_on.wants(function.name, function.steps, args, kwargs):
        return run_here(reference, function.steps, args, kwargs)
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
        function.student._attempts.add(attempt)
        if asking_on is None or fault.verdict is not Verdict.EXCEPTION:
            raise
        asking_on.noted()
        return attempt.expected
    difference = compare(attempt.got, attempt.expected, rtol, atol)
    attempt.wrong = difference is not None
    function.student._attempts.add(attempt)
    if asking_on is not None:
        asking_on.noted()
    elif difference is not None:
        attempt.printed = session.output()
        raise Mismatch(attempt, function.describe(args, kwargs), difference, note)
    return attempt.expected


def expect(condition: bool, *, fr: str = "", en: str = "", **shown: Any) -> None:
    """State a property of an answer.

    Args:
        condition: whether it holds; a bool computed here from decoded values.
        fr: what is wrong, and how to go on, in French; left out in a course without it.
        en: the same in English; likewise.
        shown: values to show beside it; a language that the course has a table of messages for is a text, as ``fr`` is.

    Raises:
        Expectation: when it does not hold.
    """
    text = text_of(fr, en, shown)
    if not bool(condition):
        raise Expectation(text, shown)


def untouched(function: RemoteFunction, *args: Any, **kwargs: Any) -> None:
    """State that the student's function leaves the arrays that it is given as they are.

    Args:
        function: from the ``student`` fixture.
        args: positional arguments.
        kwargs: keyword arguments.

    Raises:
        Expectation: when one of them, itself an array, is another after the call.
        Fault: when the function gave no value.
    """
    changed = function.touched(*args, **kwargs)
    if changed:
        names = ", ".join(f"`{name}`" for name in changed)
        raise Expectation(in_all("touched", names=names, count=len(changed)), {})


def run_here(
    function: Callable[..., Any], steps: list[list[Any]], args: tuple, kwargs: dict[str, Any]
) -> Any:
    """Run a trusted function in this process, transformed as the student's was (but not compiled)."""
    if isinstance(function, Recorded):
        return function.answer(steps, args, kwargs)
    for name, options in steps:
        if name != "jit":
            import jax

            options = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
            function = getattr(jax, name)(function, **options)
    return function(*map(_local, args), **{name: _local(value) for name, value in kwargs.items()})


def _local(value: Any) -> Any:
    if isinstance(value, wire.Network):
        return wire.copy_of(built(value))
    if type(value) is np.ndarray:
        return value.copy()  # what writes into its argument must not change the case
    if type(value) in (list, tuple):
        return type(value)(map(_local, value))
    if type(value) is dict:
        return {key: _local(item) for key, item in value.items()}
    return value
