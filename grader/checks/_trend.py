"""On which side numbers are wrong, where they all are on one."""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from grader.checks._attempts import Attempt
from grader.checks._pieces import kind_of

__all__ = ["Trend", "trend"]

_LEAST = 8  # wrong answers: of fewer, some share a side by chance
_VALUES = 4  # different values expected


class Trend(NamedTuple):
    """What holds of all wrong answers: the sentence that says so, and how many there are."""

    key: str
    cases: int


def trend(attempts: Iterable[Attempt]) -> Trend | None:
    """On which side the answers of one function are wrong; None where they are on both.

    Args:
        attempts: all cases of one check; those of several functions say nothing.
    """
    attempts = list(attempts)
    if len({attempt.function for attempt in attempts}) != 1:
        return None
    pairs = list(_numbers(attempts))
    if len(pairs) != len(attempts):
        return None
    wrong = {pair for pair, attempt in zip(pairs, attempts, strict=True) if attempt.wrong}
    if len(wrong) < _LEAST or len({expected for _, expected in wrong}) < _VALUES:
        return None
    if all(got > expected for got, expected in wrong):
        return Trend("all_too_large", len(wrong))
    if all(got < expected for got, expected in wrong):
        return Trend("all_too_small", len(wrong))
    return None


def _numbers(attempts: Iterable[Attempt]) -> Iterator[tuple[float, float]]:
    """Answer and expected value of those attempts whose values are finite real numbers."""
    for attempt in attempts:
        if attempt.fault is None and not attempt.dropped:
            pair = _number(attempt.got), _number(attempt.expected)
            if pair[0] is not None and pair[1] is not None:
                yield pair[0], pair[1]


def _number(value: object) -> float | None:
    if isinstance(value, (list, tuple, dict)):
        return None
    array = np.asarray(value)
    if array.ndim or kind_of(array.dtype) not in "iuf":
        return None
    number = float(array)
    return number if math.isfinite(number) else None
