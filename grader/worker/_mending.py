"""A function of the submission as it would be with one edit: what each version answers.

Nobody here knows which answers are right. The work is bounded in steps, so that it ends alike on every machine.
"""

import ast
import contextlib
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from grader import wire
from grader.worker._edits import edits

__all__ = ["mended"]

_MOST_EDITS = 3_000  # of a function with more nobody would find the line helpful
_STEPS = 20_000  # of a call: turns of its loops, and calls of itself
_ALL_STEPS = 3_000_000
_ANSWER = wire.Limits(items=2_000, bytes=2**14)
_ALL_BYTES = 4 * 2**20
_TICK = " step"  # no name that a source could use


class _TooFar(BaseException):
    """A call that goes on and on; not an Exception, so that few handlers catch it."""


class _Steps:
    """Counts them."""

    def __init__(self) -> None:
        self.left, self.all_left = 0, _ALL_STEPS

    def begin(self) -> None:
        if self.all_left <= 0:
            raise wire.Refused("number", "too many steps")
        self.left = _STEPS

    def __call__(self) -> None:
        self.left -= 1
        self.all_left -= 1
        if self.left < 0:
            raise _TooFar


def mended(
    names: dict[str, Any],
    name: str,
    cases: Sequence[tuple[list[Any], dict[str, Any]]],
    chosen: Sequence[int] | None,
    argument: Callable[[Any], Any],
    as_array: Callable[[Any], np.ndarray | None],
) -> list[list[Any]]:
    """What versions of a function answer.

    Args:
        names: of the module it lies in.
        name: the function's.
        cases: arguments to call it with, by position and by name.
        chosen: numbers of the edits to try; None for all.
        argument: makes of what came over the wire what the function is given, anew for each call.
        as_array: for the wire.

    Returns:
        For each edit its number, its line, whether it may make up for a slip elsewhere, and for each case the answer in
        a list; an empty one where there is none, or one that is too large. Nothing of a function that is not plain
        Python.

    Raises:
        wire.Refused: when it is too much work, or too much to tell.
    """
    function = _read(names.get("__file__"), name)
    if function is None:
        return []
    _count_steps(function)
    steps, size, rows = _Steps(), 0, []
    wanted = None if chosen is None else set(chosen)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for number, edit in enumerate(edits(function)):
            if number >= _MOST_EDITS:
                raise wire.Refused("items", "too many edits")
            if wanted is not None and number not in wanted:
                continue
            version = _made(function, {**names, _TICK: steps})
            answers: list[list[Any]] = []
            for args, kwargs in cases if version else []:
                steps.begin()
                answers.append(list(_answers(version, argument(args), argument(kwargs), as_array)))
                size += sum(len(wire.encode(answer, _ANSWER, as_array)) for answer in answers[-1])
            if size > _ALL_BYTES:
                raise wire.Refused("bytes", "too large")
            if any(answers):
                rows.append([number, edit.line, edit.makes_up, answers])
    return rows


def _read(file: Any, name: str) -> ast.FunctionDef | None:
    """The function's tree, if it is written once, at the top, and is no generator."""
    with open(file, "rb") as stream:
        tree = ast.parse(stream.read())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = [node for node in tree.body if isinstance(node, kinds) and node.name == name]
    if len(found) != 1 or not isinstance(found[0], ast.FunctionDef) or found[0].decorator_list:
        return None
    if any(isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await)) for node in ast.walk(found[0])):
        return None
    return found[0]


def _count_steps(function: ast.FunctionDef) -> None:
    """Have each turn of a loop counted, and each call: an edit may make it go on for ever."""
    for node in list(ast.walk(function)):
        if isinstance(node, (ast.For, ast.While, ast.FunctionDef)):
            count = ast.Expr(ast.Call(ast.Name(_TICK, ast.Load()), [], []))
            count.not_the_students = True  # type: ignore[attr-defined]
            node.body.insert(0, count)


def _made(function: ast.FunctionDef, names: dict[str, Any]) -> Callable[..., Any] | None:
    """The function as its tree says now."""
    module = ast.Module([function], [])
    ast.fix_missing_locations(module)
    try:
        exec(compile(module, "<edited>", "exec"), names)
    except Exception:  # an edit need not make sense
        return None
    return names[function.name]


def _answers(
    version: Any, args: list[Any], kwargs: dict[str, Any], as_array: Callable[[Any], Any]
) -> Iterator[Any]:
    """The answer to one case, if there is one that may be told."""
    try:
        answer = version(*args, **kwargs)
        wire.encode(answer, _ANSWER, as_array)
    except BaseException:
        return
    yield answer
