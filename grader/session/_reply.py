"""What a frame from a worker says, where it answers what was asked."""

import contextlib
import dataclasses
from typing import Any

import numpy as np

from grader import wire
from grader.session._faults import Fault, fault_from
from grader.session._process import REPLY_LIMITS

__all__ = ["Value", "Wanted", "opened", "wanted_by"]

# What the worker counts is the value; around it lies the reply.
_LIMITS = REPLY_LIMITS._replace(depth=REPLY_LIMITS.depth + 8, items=REPLY_LIMITS.items + 8)


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What a stand-in in the worker asks for: a function's answer; ``given`` is None where it could not be sent."""

    name: str
    given: tuple[list[Any], dict[str, Any]] | None


class _Foreign:
    """An array that was a ``jax.Array`` over there, and will be one again where it goes."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return self._array if dtype is None else self._array.astype(dtype)


@dataclasses.dataclass(frozen=True)
class Value:
    """A value that came over the wire."""

    value: Any


def opened(frame: bytes, number: int, call: object) -> Value | Fault | None:
    """The answer in a frame: a value, a fault, or None where it is not the answer to request ``number``.

    What a fault is raised from must not keep the frame alive, so this is looked at apart from where it is raised.
    """
    with contextlib.suppress(wire.WireError):
        match wire.decode(frame, _LIMITS):
            case {"id": int(answered), "value": value, **rest} if answered == number and not rest:
                return Value(value)
            case {"id": int(answered), "fault": dict(facts)} if answered == number:
                return fault_from(facts, call)
    return None


def wanted_by(frame: bytes, number: int) -> Wanted | None:
    """What a frame asks for while request ``number`` is worked on; None where it is no such frame."""
    with contextlib.suppress(wire.WireError):
        match wire.decode(frame, _LIMITS, _Foreign):
            case {"id": int(asking), "wanted": [str(name)]} if asking == number:
                return Wanted(name, None)
            case {"id": int(asking), "wanted": [str(name), list(args), dict(kwargs)]} if (
                asking == number
            ):
                return Wanted(name, (args, kwargs))
    return None
