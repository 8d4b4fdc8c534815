"""Comparison: structure, then shape, then dtype, then finiteness, then values; never broadcasting.

``got`` has come over the wire, so it consists of exact types only and no comparison runs anyone's ``__eq__``.
"""

import dataclasses
import math
from typing import Any

import numpy as np

from grader.checks._pieces import differences, kind_of
from grader.checks._show import show, show_keys, type_name
from grader.wire import DTYPES

__all__ = ["Difference", "comparable", "compare", "tolerances"]

# Relative and absolute tolerance by the coarser dtype of the two.
_TOLERANCES = {
    "float64": (1e-5, 1e-6),
    "float32": (1e-4, 1e-5),
    "float16": (5e-3, 5e-3),
    "bfloat16": (3e-2, 3e-2),
}
_NUMBER = (1e-4, 1e-6)  # of a Python float
_DUST = 0.01  # of the absolute tolerance: what is smaller is told as 0
_CONVERTED = 2**16  # entries of the largest answer of another kind whose values are looked at
_KIND_NAMES = {"b": "bool", "i": "int", "u": "int", "f": "float", "c": "complex"}


@dataclasses.dataclass(frozen=True)
class Difference:
    """The first way in which an answer differs.

    Attributes:
        key: which sentence says it (type, length, keys, none, shape, dtype,
            dtype_alone, finite, values, entries, scalar).
        facts: what fills the sentence.
        path: where in a nested answer.
        where: index, got and expected of the first differing entry of an array.
        scalar: whether ``facts`` holds an expected scalar, which may have to stay hidden.
    """

    key: str
    facts: dict[str, Any]
    path: str = ""
    where: dict[str, str] | None = None
    scalar: bool = False


def compare(
    got: Any, expected: Any, rtol: float | None = None, atol: float | None = None, path: str = ""
) -> Difference | None:
    """Say how ``got`` differs from ``expected``, or None.

    Args:
        got: the student's answer, as decoded from the wire.
        expected: the reference's answer; arrays may be ``jax.Array``s.
        rtol: relative tolerance of floats; by dtype when None.
        atol: absolute tolerance of floats; by dtype when None.
        path: where in a nested answer this value lies.
    """
    if isinstance(expected, (list, tuple)):
        return _compare_sequence(got, expected, rtol, atol, path)
    if isinstance(expected, dict):
        return _compare_mapping(got, expected, rtol, atol, path)
    if got is None and expected is not None:
        return Difference("none", {}, path)
    if isinstance(expected, bool) and _is_scalar_array(got, "b"):
        got = bool(got)
    if isinstance(expected, (str, int, float)):
        expected = _builtin(expected)
    if expected is None or isinstance(expected, (str, bool)):
        if type(got) is not type(expected):
            return _wrong_type(got, expected, path)
        return None if got == expected else _wrong_scalar(got, expected, path)
    if isinstance(expected, (int, float)):
        return _compare_number(got, expected, rtol, atol, path)
    array = np.asarray(expected)
    if DTYPES.get(array.dtype.name) != array.dtype:
        raise TypeError(
            f"the reference gives a {type(expected).__name__}, which cannot be compared"
        )
    return _compare_array(got, array, rtol, atol, path)


def _builtin(value: Any) -> Any:
    """The plain value of an instance of a subclass: NumPy's float64 is a float, an IntEnum an int."""
    kind = next(k for k in (bool, int, float, str) if isinstance(value, k))
    return kind(value)


def _is_scalar_array(value: Any, kinds: str) -> bool:
    """Whether a NumPy or JAX scalar came over the wire, as an array without axes."""
    return isinstance(value, np.ndarray) and value.ndim == 0 and _kind(value.dtype) in kinds


def _compare_sequence(
    got: Any, expected: Any, rtol: Any, atol: Any, path: str
) -> Difference | None:
    if not isinstance(got, (list, tuple)):
        return Difference("none", {}, path) if got is None else _wrong_type(got, expected, path)
    if len(got) != len(expected):
        return Difference("length", {"got": len(got), "expected": len(expected)}, path)
    for index, (one, other) in enumerate(zip(got, expected, strict=True)):
        if difference := compare(one, other, rtol, atol, f"{path}[{index}]"):
            return difference
    return None


def _compare_mapping(
    got: Any, expected: dict[str, Any], rtol: Any, atol: Any, path: str
) -> Difference | None:
    if not isinstance(got, dict):
        return Difference("none", {}, path) if got is None else _wrong_type(got, expected, path)
    if got.keys() != expected.keys():
        return Difference("keys", {"got": show_keys(got), "expected": show_keys(expected)}, path)
    for key, value in expected.items():
        if difference := compare(got[key], value, rtol, atol, f"{path}[{key!r}]"):
            return difference
    return None


def _compare_number(
    got: Any, expected: float, rtol: float | None, atol: float | None, path: str
) -> Difference | None:
    """A Python number; a NumPy or JAX scalar of the same kind counts as one, and an int as a float."""
    if _is_scalar_array(got, "if"):
        got = int(got) if _kind(got.dtype) == "i" else float(got)
    if type(got) is int and isinstance(expected, float):
        got = float(got) if abs(got) < 2**1000 else math.inf
    if type(got) is not type(expected):
        return _wrong_type(got, expected, path)
    if isinstance(expected, int):
        return None if got == expected else _wrong_scalar(got, expected, path)
    relative = _NUMBER[0] if rtol is None else rtol
    absolute = _NUMBER[1] if atol is None else atol
    if got == expected or (math.isnan(got) and math.isnan(expected)):
        return None
    if math.isfinite(expected):
        if not math.isfinite(got):
            return Difference("finite", {"got": show(got)}, path)
        if abs(got - expected) <= absolute + relative * abs(expected):
            return None
    return _wrong_scalar(got, expected, path, absolute * _DUST)


def _compare_array(
    got: Any, expected: np.ndarray, rtol: float | None, atol: float | None, path: str
) -> Difference | None:
    if expected.ndim == 0 and type(got) in (bool, int, float):
        got = np.asarray(got)
    if not isinstance(got, np.ndarray):
        return _wrong_type(got, expected, path)
    if got.shape != expected.shape:
        shapes = {"got": _shape(got), "expected": _shape(expected)}
        return Difference("shape", shapes, path)
    if not comparable(got, expected):
        facts = {"got": got.dtype, "expected": _wanted(expected.dtype)}
        if _right_but_for_kind(got, expected, rtol, atol):
            return Difference(
                "dtype_alone", {**facts, "kind": _KIND_NAMES[_kind(expected.dtype)]}, path
            )
        return Difference("dtype", facts, path)
    bounds = tolerances(got, expected, rtol, atol)
    found = differences(got, expected, *bounds)
    if found.stray is not None:
        at = f" {_index(found.stray)}" if found.stray else ""
        return Difference("finite", {"got": show(got[found.stray]) + at}, path)
    if found.first is None:
        return None
    dust = bounds[1] * _DUST
    if expected.ndim == 0:
        return _wrong_scalar(got[()], expected[()], path, dust)
    texts = _apart(got[found.first], expected[found.first], dust)
    where = {"index": _index(found.first), "got": texts[0], "expected": texts[1]}
    facts: dict[str, Any] = {"count": found.count, "total": got.size}
    if _kind(expected.dtype) == "b":
        return Difference("entries", facts, path, where)
    return Difference("values", {**facts, "worst": show(found.worst)}, path, where)


def _right_but_for_kind(
    got: np.ndarray, expected: np.ndarray, rtol: float | None, atol: float | None
) -> bool:
    """Whether an answer's numbers (truths, integers or floats) are right, and only their kind is not."""
    kinds = {_kind(got.dtype), _kind(expected.dtype)}
    if len(kinds) == 1 or not kinds <= {"b", "i", "f"} or got.size > _CONVERTED or not got.size:
        return False
    bounds = tolerances(got, expected, rtol, atol)
    found = differences(got.astype(np.float64), expected.astype(np.float64), *bounds)
    return found.stray is None and found.first is None


def comparable(got: np.ndarray, expected: np.ndarray) -> bool:
    """Whether the entries may be compared: shapes and kinds agree, and a half-precision answer is asked for exactly."""
    return got.shape == expected.shape and _dtypes_agree(got.dtype, expected.dtype)


def tolerances(
    got: np.ndarray, expected: np.ndarray, rtol: float | None, atol: float | None
) -> tuple[float, float]:
    """The relative and the absolute tolerance: those given, else those of the coarser dtype."""
    pairs = [_TOLERANCES.get(a.dtype.name, _TOLERANCES["float32"]) for a in (got, expected)]
    default = max(pairs)
    return default[0] if rtol is None else rtol, default[1] if atol is None else atol


def _dtypes_agree(got: np.dtype, expected: np.dtype) -> bool:
    if _kind(got) != _kind(expected):
        return False
    if _kind(got) != "f":
        return True
    wide = ("float32", "float64")
    return got == expected or (got.name in wide and expected.name in wide)


def _kind(dtype: np.dtype) -> str:
    # Unsigned and signed integers count as one kind.
    return kind_of(dtype).replace("u", "i")


def _wanted(dtype: np.dtype) -> str:
    return _KIND_NAMES[_kind(dtype)] if _kind(dtype) in "bi" else dtype.name


def _index(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]"


def _apart(got: Any, expected: Any, dust: float) -> tuple[str, str]:
    """Both values as text, with as many digits as it takes to see that they differ; what is not told from 0 as 0."""
    short = _without_dust(got, dust), _without_dust(expected, dust)
    if short[0] != short[1] or not isinstance(expected, (float, np.generic)):
        return short
    return repr(np.asarray(got).item()), repr(np.asarray(expected).item())


def _without_dust(value: Any, dust: float) -> str:
    is_float = isinstance(value, float) or getattr(value, "dtype", np.dtype(int)).kind in "fV"
    return "0" if is_float and 0 < abs(float(value)) < dust else show(value)


def _shape(array: np.ndarray) -> str:
    return f"({', '.join(map(str, array.shape))}{',' if array.ndim == 1 else ''})"


def _wrong_type(got: Any, expected: Any, path: str) -> Difference:
    if got is None:
        return Difference("none", {}, path)
    return Difference("type", {"got": type_name(got), "expected": type_name(expected)}, path)


def _wrong_scalar(got: Any, expected: Any, path: str, dust: float = 0.0) -> Difference:
    one, other = _apart(got, expected, dust)
    return Difference("scalar", {"got": one, "expected": other}, path, scalar=True)
