"""The cases that a check has tried: what was called, and what came of it, as far as it is kept."""

import dataclasses
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from grader.checks._show import show
from grader.messages import Text
from grader.session import Fault

__all__ = ["Attempt", "Attempts", "attempt_of", "parameter_names"]

_KEPT = 64 * 2**20  # bytes of all answers of a check: as much as one reply may bring
_ITEM = 64  # bytes of a number, or of a place in a list, as Python holds them


@dataclasses.dataclass
class Attempt:
    """One case that was tried: what was called, and what came of it (``got`` or ``fault``).

    Where ``dropped`` says so the answer was too large to be kept, and only how it is shown is left. ``helpers`` are the
    functions in whose place the reference's were. ``size`` is that of the answer, in bytes, roughly.
    """

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
    dropped: bool = False
    reference: Callable[..., Any] | None = None
    helpers: tuple[str, ...] = ()
    size: int = 0
    kept: bool = False  # an object that lives in the worker was called, not a function of the file
    note: Text | None = None
    _shown: str = ""

    def arguments(self) -> dict[str, Any]:
        """The arguments by the names that the reference gives them; empty where it gives none."""
        try:
            bound = inspect.signature(self.reference).bind(*self.args, **self.kwargs)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return dict(self.kwargs)
        bound.apply_defaults()
        return dict(bound.arguments)

    def show(self) -> str:
        """The answer as text."""
        return self._shown if self.dropped else show(self.got)

    def drop(self) -> None:
        """Let the answer go."""
        self._shown = show(self.got)
        self.got, self.dropped = None, True


class Attempts:
    """The attempts of one check; their answers take no more memory than one reply may, the largest go first."""

    def __init__(self) -> None:
        self._all: list[Attempt] = []
        self._sizes: dict[int, int] = {}  # place in the list -> bytes of the answer

    def __iter__(self) -> Iterator[Attempt]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def size(self) -> int:
        """Bytes of all answers that are kept, roughly."""
        return sum(self._sizes.values())

    def add(self, attempt: Attempt) -> None:
        """Keep one more."""
        attempt.size = self._sizes[len(self._all)] = _size(attempt.got)
        self._all.append(attempt)
        while self.size > _KEPT:
            largest = max(self._sizes, key=self._sizes.__getitem__)
            self._all[largest].drop()
            del self._sizes[largest]


def parameter_names(function: Callable[..., Any] | None) -> tuple[str, ...]:
    """How the positional arguments of a trusted function are called; () for None, and for what does not say."""
    try:
        parameters = inspect.signature(function).parameters.values()  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return ()
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return tuple(p.name for p in parameters if p.kind in positional)


def attempt_of(error: BaseException, attempts: Iterable[Attempt]) -> Attempt | None:
    """The attempt that ended in an error, where it is one of these or the error holds it."""
    held = getattr(error, "attempt", None)
    return held or next((a for a in attempts if a.fault is error), None)


def _size(value: Any) -> int:
    """How much memory an answer takes, roughly."""
    if isinstance(value, np.ndarray):
        return _ITEM + value.nbytes
    if isinstance(value, str):
        return _ITEM + 4 * len(value)
    if isinstance(value, (list, tuple)):
        return _ITEM + sum(map(_size, value))
    if isinstance(value, Mapping):
        return _ITEM + sum(_size(key) + _size(item) for key, item in value.items())
    return _ITEM
