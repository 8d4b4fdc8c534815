"""What a hostile worker may say instead of the right answer: values of every form, and faults of every kind.

A kind is a function of the right answer of this call and of the one before it, so that there is junk that looks
almost right: one entry missing, one bit changed, the same numbers under another name.
"""

import functools
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np

from grader import wire
from grader.results import Verdict
from grader.session import Fault, fault_from

__all__ = ["ALMOST", "FAULTS", "GROSS", "KINDS", "LARGE"]

HOSTILE = (
    "\x1b]0;pwn\x07\x1b[31m\u202eabc\u2066\ud800\udfff e"
    + "\u0301" * 200
    + "\r\n✓ passed\x00\u2028"
)
MOST = 64 * 2**20 - 2**17  # bytes of the largest reply, less what lies around the value


# Large values: as frames they take up to 64 MiB.
LARGE: dict[str, Callable[[], Any]] = {
    "deep": lambda: functools.reduce(lambda inner, _: [inner], range(30), 1.0),
    "wide_and_deep": lambda: functools.reduce(lambda inner, _: [inner] * 2, range(13), 1.0),
    "items": lambda: [0] * 20_000,
    "dicts": lambda: [{"a": {}}] * 5_000,
    "keys": lambda: {f"k{n}": n for n in range(20_000)},
    "hostile_keys": lambda: {HOSTILE + str(n): None for n in range(50)},
    "long_key": lambda: {"A" * (4 * 2**20 - 100): 1.0},
    "long_text": lambda: "x" * (4 * 2**20 - 100),
    "wide_text": lambda: "\U0001f600" + "é" * 2**20,
    "huge_int": lambda: 2**4087 - 1,
    "rank_16": lambda: np.ones((2,) * 15 + (128,), np.int8),
    "rank_9": lambda: np.full((4,) * 9, np.nan, np.float16),
    "rank_16_of_1": lambda: np.full((1,) * 16, np.nan, np.float32),
    "large_bytes": lambda: np.ones(MOST, np.int8),
    "large_halves": lambda: np.ones(MOST // 2, np.float16),
    "large_floats": lambda: np.full((MOST // 4 // 1024, 1024), 0.5, np.float32),
    "large_complex": lambda: np.ones(MOST // 16, np.complex128),
    "claims": lambda: np.ones((0, 2**25, 1), np.float32),
    "many_arrays": lambda: [np.ones((1,) * 16, np.int8)] * 5_000,
}


def _fixed(value: Any) -> Callable[[Any, Any], Any]:
    return lambda truth, before: value


def _made(make: Callable[[], Any]) -> Callable[[Any, Any], Any]:
    return lambda truth, before: make()


# Nothing that any check asks for: none of it may pass.
GROSS: dict[str, Callable[[Any, Any], Any]] = {
    "none_twice": _fixed([None, None]),
    "text": _fixed("nonsense"),
    "hostile_text": _fixed(HOSTILE),
    "minus": _fixed(-(2**62)),
    "huge_float": _fixed(1.7e308),
    "ragged": _fixed([[1.0], [1.0, 2.0], []]),
    "handle": _fixed(wire.Handle(2**32 - 1)),
    "complex": _fixed(np.ones((2, 2), np.complex64)),
    "strange_dict": _fixed({"": [{"a": (np.int8(1), None)}]}),
    **{name: _made(make) for name, make in LARGE.items()},
}


def _leaves(value: Any, change: Callable[[Any], Any], first: bool = False) -> Any:
    """The value with its leaves changed: all of them, or the first only."""
    done = False

    def walk(part: Any) -> Any:
        nonlocal done
        if isinstance(part, (list, tuple)):
            return type(part)([walk(item) for item in part])
        if isinstance(part, dict):
            return {key: walk(item) for key, item in part.items()}
        if first and done:
            return part
        done = True
        return change(part)

    return walk(value)


def _cast(dtype: Any) -> Callable[[Any], Any]:
    def change(leaf: Any) -> Any:
        if isinstance(leaf, (np.ndarray, int, float)):
            with np.errstate(all="ignore"):
                if isinstance(leaf, int):
                    leaf = float(leaf)
                return np.asarray(leaf).astype(dtype)
        return leaf

    return change


def _entry(value: float) -> Callable[[Any], Any]:
    """One entry set to a value, in the middle."""

    def change(leaf: Any) -> Any:
        if not isinstance(leaf, np.ndarray):
            return value
        with np.errstate(all="ignore"):
            flat = (
                leaf.astype(leaf.dtype if leaf.dtype.kind in "fV" else np.float32)
                .reshape(-1)
                .copy()
            )
        if flat.size:
            flat[flat.size // 2] = value
        return flat.reshape(leaf.shape)

    return change


def _bit(leaf: Any) -> Any:
    if isinstance(leaf, np.ndarray) and leaf.size and leaf.dtype != bool:
        data = bytearray(leaf.tobytes())
        data[len(data) // 2] ^= 1
        return np.frombuffer(bytes(data), leaf.dtype).reshape(leaf.shape)
    if isinstance(leaf, np.ndarray):
        return ~leaf
    if isinstance(leaf, bool):
        return not leaf
    if isinstance(leaf, (int, float)):
        return leaf + 1
    return leaf + "x" if isinstance(leaf, str) else 0


def _array(change: Callable[[np.ndarray], Any]) -> Callable[[Any], Any]:
    return lambda leaf: (
        change(leaf) if isinstance(leaf, np.ndarray) else np.full(3, 0.5, np.float32)
    )


def _shorter(value: Any) -> Any:
    if isinstance(value, dict):
        return dict(list(value.items())[:-1])
    if isinstance(value, np.ndarray):
        return value[:-1] if value.ndim and len(value) else np.zeros(0, value.dtype)
    return value[:-1] if isinstance(value, (list, tuple, str)) else None


def _longer(value: Any) -> Any:
    if isinstance(value, dict):
        return {**value, "one more": np.zeros(2, np.float32)}
    if isinstance(value, np.ndarray):
        return np.concatenate([value, value]) if value.ndim else np.stack([value, value])
    if isinstance(value, (list, tuple)):
        return type(value)([*value, None])
    return value + value if isinstance(value, str) else [value]


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key + HOSTILE: item for key, item in value.items()}
    return {"value": value}


def _swapped(value: Any) -> Any:
    if isinstance(value, dict):
        items = list(value.values())
        return dict(zip(value, items[::-1], strict=True))
    if isinstance(value, (list, tuple)):
        return type(value)(value[::-1])
    return value[::-1] if isinstance(value, np.ndarray) and value.ndim else value


def _each(change: Callable[[Any], Any], first: bool = False) -> Callable[[Any, Any], Any]:
    return lambda truth, before: _leaves(truth, change, first)


# What may be right by chance, or is right enough: it must be judged, whatever the verdict.
ALMOST: dict[str, Callable[[Any, Any], Any]] = {
    "none": _fixed(None),
    "true": _fixed(True),
    "zero": _fixed(0),
    "nan": _fixed(float("nan")),
    "infinite": _fixed(float("-inf")),
    "empty_text": _fixed(""),
    "empty_list": _fixed([]),
    "empty_tuple": _fixed(()),
    "empty_dict": _fixed({}),
    "empty_array": _fixed(np.zeros(0, np.float32)),
    "array_without_axes": _fixed(np.array(np.nan, np.float32)),
    "bool_without_axes": _fixed(np.array(False)),
    "before": lambda truth, before: before,
    "float64": _each(_cast(np.float64)),
    "float16": _each(_cast(np.float16)),
    "bfloat16": _each(_cast(ml_dtypes.bfloat16)),
    "int8": _each(_cast(np.int8)),
    "uint64": _each(_cast(np.uint64)),
    "bools": _each(_cast(np.bool_)),
    "complex128": _each(_cast(np.complex128)),
    "one_nan": _each(_entry(np.nan), first=True),
    "all_infinite": _each(_array(lambda a: np.full(a.shape, np.inf, np.float32))),
    "one_huge": _each(_entry(3e38), first=True),
    "too_large_for_float32": _each(_array(lambda a: np.full(a.shape, 1e300))),
    "least_integers": _each(_array(lambda a: np.full(a.shape, np.iinfo(np.int64).min))),
    "one_bit": _each(_bit, first=True),
    "every_leaf_bit": _each(_bit),
    "zeros": _each(_array(np.zeros_like)),
    "transposed": _each(_array(lambda a: a.T)),
    "more_axes": _each(_array(lambda a: a.reshape(*a.shape, *(1,) * (16 - a.ndim)))),
    "fewer_axes": _each(_array(lambda a: a.reshape(-1))),
    "nothing_left": _each(_array(lambda a: a.reshape(-1)[:0])),
    "as_lists": _each(_array(lambda a: a[:40].tolist() if a.ndim else a.item())),
    "first_is_none": _each(lambda leaf: None, first=True),
    "all_none": _each(lambda leaf: None),
    "shorter": lambda truth, before: _shorter(truth),
    "longer": lambda truth, before: _longer(truth),
    "leaves_shorter": _each(_shorter),
    "renamed": lambda truth, before: _renamed(truth),
    "swapped": lambda truth, before: _swapped(truth),
    "wrapped": lambda truth, before: [truth],
    "in_tuple": lambda truth, before: (truth, truth),
}

_HOSTILE_FACTS = {
    "type": HOSTILE * 50,
    "text": "\n".join([HOSTILE * 20] * 300),
    "detail": HOSTILE * 50,
    "path": HOSTILE * 50,
    "name": HOSTILE * 50,
    "frames": [["x" * 9999, 2**4000, HOSTILE], ["q.py", -1, "f"], ["q.py", 1, HOSTILE * 99]] * 40,
    "names": [HOSTILE * 9] * 5_000,
}
_SAID = (
    "exception",
    "import_error",
    "not_attempted",
    "missing",
    "forbidden",
    "memory",
    "nothing known",
)
_REASONS = ("type", "dtype", "tracer", "network", "depth", "items", "bytes", "number", "unheard of")

FAULTS: dict[str, Callable[[object], Fault]] = {
    **{
        f"says {kind}": functools.partial(fault_from, {"kind": kind, **_HOSTILE_FACTS})
        for kind in _SAID
    },
    **{
        f"bad output: {reason}": functools.partial(
            fault_from, {"kind": "bad_output", **_HOSTILE_FACTS, "reason": reason}
        )
        for reason in _REASONS
    },
    "says nothing": functools.partial(fault_from, {}),
    "says it garbled": functools.partial(
        fault_from,
        {"kind": [], "type": 3, "text": {}, "frames": {}, "names": 3, "name": None, "path": 7},
    ),
    "protocol": lambda call: Fault(Verdict.BAD_OUTPUT, key="protocol", call=call),
    "memory": lambda call: Fault(Verdict.MEMORY, call=call),
    "exit": lambda call: Fault(Verdict.CRASHED, key="crashed_exit", call=call, code=3),
    "signal": lambda call: Fault(Verdict.CRASHED, key="crashed_signal", call=call, name="SIGSEGV"),
    "silent": lambda call: Fault(Verdict.CRASHED, key="crashed_silent", call=call),
    "timeout": lambda call: Fault(Verdict.TIMEOUT, call=call, seconds=10.0),
}

KINDS = [*GROSS, *ALMOST, *FAULTS]
