"""Looking at an array costs no more than its size: its entries are looked at piece by piece.

What NumPy computes of a whole array may be many times as large: a mask is as large as an array of bytes, a float64
copy eight times, the places of its entries eight times for each axis.
"""

import dataclasses
import math
from collections.abc import Callable, Iterator

import numpy as np

__all__ = [
    "Differences",
    "differences",
    "first",
    "kind_of",
    "magnitude",
    "nonzero",
    "span",
    "wrong_entries",
]

_PIECE = 2**16  # entries
Index = tuple[int, ...]


def kind_of(dtype: np.dtype) -> str:
    """The kind of a dtype, as NumPy names it; bfloat16, a "V" to NumPy, is a float."""
    return "f" if dtype.kind == "V" else dtype.kind


def first(array: np.ndarray, test: Callable[[np.ndarray], np.ndarray]) -> Index | None:
    """Where the first entry lies that a test is true of, in row order; None where there is none."""
    for start, (piece,) in _pieces(array):
        found = test(piece)
        if found.any():
            return _index(start + int(np.argmax(found)), array.shape)
    return None


def nonzero(array: np.ndarray, most: int) -> list[Index] | None:
    """Where entries are not zero, in row order; None where there are more than so many."""
    found: list[int] = []
    for start, (piece,) in _pieces(array):
        if len(found) + np.count_nonzero(piece) > most:
            return None
        found += (start + np.flatnonzero(piece)).tolist()
    return [_index(place, array.shape) for place in found]


def magnitude(array: np.ndarray) -> float:
    """The sum of the absolute values of real numbers; NaN counts nothing."""
    with np.errstate(over="ignore", invalid="ignore"):
        sums = (np.nansum(np.abs(p.astype(np.float64))) for _, (p,) in _pieces(array))
        return float(sum(sums))


def span(array: np.ndarray) -> tuple[float, float] | None:
    """The smallest and the largest finite entry of real numbers; None where there is none."""
    low, high = math.inf, -math.inf
    for _, (piece,) in _pieces(array):
        wide = piece.astype(np.float64)
        if (finite := wide[np.isfinite(wide)]).size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return (low, high) if low <= high else None


@dataclasses.dataclass
class Differences:
    """How the entries of an array differ from those of another.

    Attributes:
        count: how many are wrong.
        first: where the first wrong one lies.
        worst: the largest distance.
        stray: where the first one lies that is not finite although it should be; with it, nothing else is told.
    """

    count: int = 0
    first: Index | None = None
    worst: np.floating | None = None
    stray: Index | None = None


def differences(
    got: np.ndarray, expected: np.ndarray, rtol: float = 0.0, atol: float = 0.0
) -> Differences:
    """Compare the entries of two arrays of one shape and kind.

    Args:
        got: what is judged.
        expected: what it should be.
        rtol: relative tolerance, of floats and complex numbers; booleans and integers must be equal.
        atol: absolute tolerance, likewise.
    """
    result = Differences()
    kind = kind_of(expected.dtype)
    for start, (one, other) in _pieces(got, expected):
        if kind in "biu":
            wrong = one != other
            distance = np.abs(one.astype(np.float64) - other.astype(np.float64))
        else:
            wide = np.complex128 if kind == "c" else np.float64
            one, other = one.astype(wide), other.astype(wide)
            finite = np.isfinite(other)
            stray = ~np.isfinite(one) & finite
            if stray.any():
                return Differences(stray=_index(start + int(np.argmax(stray)), got.shape))
            wrong, distance = _apart(one, other, finite, rtol, atol)
        if wrong.any():
            if result.first is None:
                result.first = _index(start + int(np.argmax(wrong)), got.shape)
            result.count += int(wrong.sum())
            # Where one of the two is NaN there is no distance; it is as far off as can be.
            far = np.where(np.isnan(distance), np.inf, distance)[wrong].max()
            result.worst = far if result.worst is None else max(result.worst, far)
    return result


def wrong_entries(got: np.ndarray, expected: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """Which entries are wrong, of arrays as small as may be shown: those that :func:`differences` counts."""
    kind = kind_of(expected.dtype)
    if kind in "biu":
        return got != expected
    wide = np.complex128 if kind == "c" else np.float64
    one, other = got.astype(wide), expected.astype(wide)
    return _apart(one, other, np.isfinite(other), rtol, atol)[0]


def _apart(
    one: np.ndarray, other: np.ndarray, finite: np.ndarray, rtol: float, atol: float
) -> tuple[np.ndarray, np.ndarray]:
    """Which entries lie further apart than they may, and the distances."""
    with np.errstate(invalid="ignore", over="ignore"):
        distance = np.abs(one - other)
        # The bound of an infinite expected value would be infinite, and everything within it.
        wrong = ~(finite & (distance <= atol + rtol * np.abs(other)))
    return wrong & ~((one == other) | (np.isnan(one) & np.isnan(other))), distance


def _pieces(*arrays: np.ndarray) -> Iterator[tuple[int, list[np.ndarray]]]:
    """The entries of arrays of one shape, so many at a time, and the number of the first of them."""
    flat = [array.reshape(-1) for array in arrays]  # no copy of what came over the wire
    for start in range(0, math.prod(arrays[0].shape), _PIECE):
        yield start, [entries[start : start + _PIECE] for entries in flat]


def _index(place: int, shape: tuple[int, ...]) -> Index:
    return tuple(int(i) for i in np.unravel_index(place, shape)) if shape else ()
