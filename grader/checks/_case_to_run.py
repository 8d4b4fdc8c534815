"""What it takes to run a failing case again, outside of the grader: exactly what was sent, within bounds."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from grader import wire
from grader.results import Case

__all__ = ["CasesToRun"]

_BYTES = 256 * 2**10  # of all cases of a question, before they become JSON
_LIMITS = wire.Limits(depth=16, items=4_000, bytes=_BYTES, text=20_000)


class CasesToRun:
    """Takes down the cases of one question; one for which there is no room is left out.

    Args:
        parameters: names of the positional arguments of a function.
    """

    def __init__(self, parameters: Callable[[str], tuple[str, ...]]) -> None:
        self._room, self._parameters = _BYTES, parameters

    def keep(
        self,
        function: str,
        steps: Sequence[Any],
        args: tuple,
        kwargs: Mapping[str, Any],
        **expected: Any,
    ) -> Case | msgspec.UnsetType:
        """One case, where it fits.

        Args:
            function: its name in the student's file.
            steps: transformations: name and options.
            args: positional arguments.
            kwargs: keyword arguments.
            expected: what is expected, under that name, where it may be told.
        """
        call = {"steps": list(steps), "args": list(args), "kwargs": dict(kwargs)}
        sent = self._encoded(call | expected) or self._encoded(call)
        if sent is None:
            return msgspec.UNSET
        self._room -= len(sent)
        return Case(function=function, names=self._parameters(function), sent=sent)

    def _encoded(self, call: dict[str, Any]) -> bytes | None:
        try:
            sent = wire.encode(call, _LIMITS, wire.foreign_array)
        except wire.Refused:  # too large, or something that may not be told
            return None
        return sent if len(sent) <= self._room else None
