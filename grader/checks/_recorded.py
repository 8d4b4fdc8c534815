"""Answers that were taken down, in the place of a trusted function that is not there."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from grader import wire

__all__ = ["NotRecorded", "Recorded", "call_key"]


class NotRecorded(LookupError):
    """A call of which nobody has taken down the answer."""


def call_key(steps: Sequence[Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> bytes:
    """What tells one call of a function from another: transformations and arguments, exactly."""
    call = [list(steps), list(args), dict(kwargs)]
    return wire.encode(call, _LIMITS, wire.foreign_array)


_LIMITS = wire.Limits(items=1_000_000)


class Recorded:
    """A function as far as its answers are known.

    It cannot be transformed: what ``jax.grad`` of the function gave is an answer of its own.

    Args:
        name: of the function.
        parameters: its signature: name, kind, and the default in a list of one, or none.
        answers: by :func:`call_key`; an exception where it raised one.
    """

    def __init__(
        self,
        name: str,
        parameters: Sequence[tuple[str, str, Sequence[Any]]] = (),
        answers: Mapping[bytes, Any] | None = None,
    ) -> None:
        self.__name__, self._answers = name, answers or {}
        self.__signature__ = inspect.Signature(
            [
                inspect.Parameter(
                    parameter,
                    getattr(inspect.Parameter, kind),
                    default=default[0] if default else inspect.Parameter.empty,
                )
                for parameter, kind, default in parameters
            ]
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The answer to a call, not transformed."""
        return self.answer([], args, kwargs)

    def answer(self, steps: Sequence[Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """What it gave for these arguments, after these transformations.

        Raises:
            NotRecorded: where that is not known.
            Exception: of the type that it raised.
        """
        try:
            answer = self._answers[call_key(steps, args, kwargs)]
        except (KeyError, wire.Refused):
            raise NotRecorded(self.__name__) from None
        if isinstance(answer, Exception):
            raise answer
        return answer
