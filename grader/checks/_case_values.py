"""The values of a failing case as data, for reports that draw; how much of them is kept is bounded.

Which expected values may be told is not decided here: the explainer gives what its own text shows.
"""

import sys
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import msgspec
import numpy as np

from grader import wire
from grader.checks._attempts import Attempt
from grader.checks._compare import comparable, tolerances
from grader.checks._pieces import kind_of, span, wrong_entries
from grader.checks._show import show
from grader.results import CaseValue
from grader.text import one_line, printable

__all__ = ["HIDDEN", "CaseValues"]

Kept = tuple[CaseValue, ...] | msgspec.UnsetType
HIDDEN = object()  # stands for an expected value that is not to be told

_ENTRIES = 4096  # of one array
_BYTES = 64 * 2**10  # of all arrays of a question, as they stand in JSON
_ARRAYS = 8  # of an answer, or of one argument
_TEXT = 400  # characters of what is no array
_NAME = 60


class CaseValues:
    """Takes down the cases of one question; what comes when the room is used up has a shape and a range."""

    def __init__(self) -> None:
        self._room = _BYTES

    def arguments(self, attempt: Attempt) -> Kept:
        """What the function was called with, by the names that the reference gives."""
        return tuple(self._arguments(attempt)) or msgspec.UNSET

    def observed(self, shown: Mapping[str, Any]) -> Kept:
        """What a check shows beside a property that does not hold."""
        found = [(name, _as_numpy(value)) for name, value in shown.items()]
        return tuple(self._keep("observed", *pair) for pair in found) or msgspec.UNSET

    def mismatch(self, attempt: Attempt, told: Any, path: str) -> Kept:
        """Arguments, and the arrays of the answer beside those expected.

        Args:
            attempt: what was called, and what came of it.
            told: what may be told of the expected value, or :data:`HIDDEN`.
            path: where in a nested answer the first difference lies; its array is kept first.
        """
        return (*self._arguments(attempt), *self._answers(attempt, told, path)) or msgspec.UNSET

    # ---------------------------------------------------------------------------------------- parts

    def _arguments(self, attempt: Attempt) -> Iterator[CaseValue]:
        named = attempt.arguments()
        if not named:
            named = {f"[{number}]": value for number, value in enumerate(attempt.args)}
        for name, value in named.items():
            # An argument, or the arrays inside one that has some.
            for place, inner in list(_arrays(value)) or [("", value)]:
                yield self._keep("argument", name + place, inner)

    def _answers(self, attempt: Attempt, told: Any, path: str) -> Iterator[CaseValue]:
        answers = dict(_arrays(attempt.got))
        expected = {} if told is HIDDEN else dict(_arrays(told))
        for place in sorted(answers, key=lambda place: place != path):
            got, wanted = answers[place], expected.get(place)
            yield self._keep("answer", place, got)
            if wanted is None:
                continue
            yield self._keep("expected", place, wanted)
            if comparable(got, wanted) and wanted.size <= _ENTRIES:
                bounds = tolerances(got, wanted, *attempt.tolerances)
                yield self._keep("wrong", place, wrong_entries(got, wanted, *bounds))

    def _keep(self, role: Any, name: str, value: Any) -> CaseValue:
        name = one_line(name, _NAME)
        if not isinstance(value, np.ndarray) or value.ndim == 0:
            return CaseValue(role=role, name=name, text=printable(show(value, _TEXT), _TEXT))
        keep = partial(CaseValue, role=role, name=name, dtype=value.dtype.name, shape=value.shape)
        size = (value.nbytes + 2) // 3 * 4
        if value.size <= _ENTRIES and size <= self._room:
            self._room -= size
            return keep(data=_bytes(value))
        ends = span(value) if kind_of(value.dtype) in "biuf" else None
        return keep(low=ends[0], high=ends[1]) if ends else keep()


def _arrays(value: Any) -> Iterator[tuple[str, np.ndarray]]:
    """The first arrays with axes in a value, and where they lie in it, as :func:`compare` names places."""
    number = 0
    for place, array in _walk(value, ""):
        yield place, array
        if (number := number + 1) == _ARRAYS:
            return


def _walk(value: Any, place: str) -> Iterator[tuple[str, np.ndarray]]:
    value = _as_numpy(value)
    if isinstance(value, np.ndarray):
        if value.ndim and wire.DTYPES.get(value.dtype.name) == value.dtype:
            yield place, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(item, f"{place}[{key[:_NAME]!r}]")
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _walk(item, f"{place}[{index}]")


def _as_numpy(value: Any) -> Any:
    """References may give ``jax.Array``s."""
    return np.asarray(value) if hasattr(value, "__array__") else value


def _bytes(array: np.ndarray) -> bytes:
    return (array.byteswap() if sys.byteorder == "big" else array).tobytes()
