"""Entries of arrays as short texts: as many digits as it takes, and no float dust."""

import numpy as np

from grader.messages import Language, say

__all__ = ["apart", "extent", "number", "signed", "texts"]

_DUST = 1e-6  # of the largest entry: what is smaller is zero, but for rounding
_SHORT, _LONG = 4, 9  # significant digits
_MINUS = "\u2212"


def number(value: float, digits: int = _SHORT) -> str:
    """One number; whole numbers are never rounded."""
    text = (
        f"{value:.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:.{digits}g}"
    )
    return text.replace("-", _MINUS)


def signed(value: float) -> str:
    """One difference, with its sign."""
    return "+" * (value > 0) + number(value)


def texts(array: np.ndarray, digits: int = _SHORT) -> np.ndarray:
    """Every entry as text, in an array of the same shape."""
    kind = array.dtype.kind
    found = np.empty(array.shape, object)
    if kind in "bc":
        found[...] = np.reshape([str(value) for value in array.ravel().tolist()], array.shape)
        return found
    if kind in "iu":
        written = [str(value).replace("-", _MINUS) for value in array.ravel().tolist()]
    else:
        values = array.astype(np.float64).ravel()
        finite = np.abs(values[np.isfinite(values)])
        dust = _DUST * finite.max() if finite.size else 0.0
        written = [
            "≈0" if 0 < abs(value) < dust else number(value, digits) for value in values.tolist()
        ]
    found[...] = np.reshape(np.array(written, object), array.shape)
    return found


def apart(got: np.ndarray, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The texts of two arrays of one shape; entries that differ have enough digits to see it."""
    one, other = texts(got), texts(expected)
    alike = (one == other) & (got != expected)
    if alike.any():
        one[alike], other[alike] = texts(got, _LONG)[alike], texts(expected, _LONG)[alike]
    return one, other


def extent(low: float, high: float, strays: int, language: Language) -> str:
    """The range of the finite entries, and how many others there are."""
    key = "page_range" if low < high else "page_constant"
    least, most = texts(np.array([low, high]))
    text = say(key, language, low=least, high=most)
    return text + say("page_strays", language, count=strays) * bool(strays)
