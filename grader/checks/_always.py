"""What is true of all answers, right or wrong: nothing is ever written, twice what is right, axes in another order."""

import itertools
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from grader.checks._attempts import Attempt

__all__ = ["always"]

_LEAST = 8  # distinct cases in which the answer was wrong
_LARGEST_FACTOR = 16
_AXES = 4
_LARGEST = 2**14  # entries of one answer
_Pairs = list[tuple[np.ndarray, np.ndarray]]


def always(attempts: Iterable[Attempt]) -> tuple[str, Mapping[str, object]] | None:
    """The sentence that holds for all cases, and what fills it; None where there is none, or too few cases.

    Args:
        attempts: all cases of one check.
    """
    pairs, seen = [], set()
    for attempt in attempts:
        if attempt.fault is not None or attempt.dropped:
            return None
        pair = _numbers(attempt.got), _numbers(attempt.expected)
        if pair[0] is None or pair[1] is None:
            return None
        pairs.append(pair)
        if attempt.wrong:
            seen.add(repr((attempt.function, attempt.args, attempt.kwargs)))
    if len(seen) < _LEAST:
        return None
    return _zero(pairs) or _factor(pairs) or _difference(pairs) or _order(pairs)


def _numbers(value: Any) -> np.ndarray | None:
    """An array or a number as numbers that nothing is lost of; None for anything else, or what is not finite."""
    if isinstance(value, (bool, str)) or not (
        isinstance(value, (int, float)) or hasattr(value, "__array__")
    ):
        return None
    array = np.asarray(value)
    if array.size > _LARGEST:  # nobody looks at all of it, and as numbers it would be larger still
        return None
    if array.dtype.kind not in "iuf":
        return None
    array = array.astype(np.float64)
    return array if np.isfinite(array).all() else None


def _zero(pairs: _Pairs) -> tuple[str, Mapping[str, object]] | None:
    """Arrays of the right shape that hold nothing but zeros; that of a number would be no news."""
    if all(g.shape == e.shape and g.size > 1 and not g.any() for g, e in pairs):
        return "always_zero", {}
    return None


def _factor(pairs: _Pairs) -> tuple[str, Mapping[str, object]] | None:
    """So many times what is right."""
    if any(g.shape != e.shape for g, e in pairs):
        return None
    got, expected = (np.concatenate([p[side].ravel() for p in pairs]) for side in (0, 1))
    if not expected.any() or not got.any():
        return None
    place = int(np.abs(expected).argmax())
    factor = Fraction(got[place] / expected[place]).limit_denominator(_LARGEST_FACTOR)
    if not 0 < abs(factor.numerator) <= _LARGEST_FACTOR or 1 not in (
        abs(factor.numerator),
        factor.denominator,
    ):
        return None
    if factor == 1 or not _close(got, float(factor) * expected):
        return None
    return ("always_opposite", {}) if factor == -1 else ("always_factor", {"factor": str(factor)})


def _difference(pairs: _Pairs) -> tuple[str, Mapping[str, object]] | None:
    """The same number more, or less."""
    if any(g.shape != e.shape or not g.size for g, e in pairs):
        return None
    difference = float(np.round(pairs[0][0].flat[0] - pairs[0][1].flat[0], 9))
    if not difference or not float(2 * difference).is_integer():
        return None
    if not all(_close(g, e + difference) for g, e in pairs):
        return None
    key = "always_more" if difference > 0 else "always_less"
    return key, {"difference": f"{abs(difference):g}"}


def _order(pairs: _Pairs) -> tuple[str, Mapping[str, object]] | None:
    """What is right, with its axes in another order."""
    rank = pairs[0][1].ndim
    if rank > _AXES or any(g.ndim != rank or e.ndim != rank for g, e in pairs):
        return None
    for order in list(itertools.permutations(range(rank)))[1:]:
        if all(_close(g, e.transpose(order)) for g, e in pairs):
            return "always_axes", {"order": str(order)}
    return None


def _close(got: np.ndarray, wanted: np.ndarray) -> bool:
    return got.shape == wanted.shape and np.allclose(got, wanted, rtol=1e-5, atol=1e-6)
