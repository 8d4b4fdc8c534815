"""Values as a student wants to read them: short, in Python's notation, images as pictures."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from grader import wire

__all__ = ["show", "show_call", "type_name"]

_SMALL = 64  # entries up to which an array is written out
_ITEMS = 32  # of a list, dict or tuple
_FEW = 5  # non-zero entries up to which only they are listed
_WIDE = 84  # characters up to which planes stand side by side
_WIDEST = 34  # pixels up to which it is drawn: two columns each, in a report of 80
_SHADES = " ░▒▓█"


def show(value: Any, limit: int = 400) -> str:
    """One value as short text."""
    value = _as_numpy(value)
    if isinstance(value, np.ndarray):
        text = _show_array(value)
    elif isinstance(value, float):
        text = _number(value)
        text += ".0" if text.lstrip("-").isdigit() else ""  # not to be taken for an int
    elif isinstance(value, np.generic):
        text = _number(value)
    elif isinstance(value, wire.Network):
        text = show_call(value.factory.partition(":")[2], (), value.args, value.kwargs)
    elif isinstance(value, Mapping):
        text = f"{{{_listed(f'{k!r}: {show(v)}' for k, v in value.items())}}}"
    elif isinstance(value, (list, tuple)):
        inner = _listed(map(show, value))
        tail = "," if isinstance(value, tuple) and len(value) == 1 else ""
        text = f"[{inner}]" if isinstance(value, list) else f"({inner}{tail})"
    else:
        text = repr(value[: limit + 1] if isinstance(value, str) else value)
    if len(text) > limit and "\n" not in text:
        text = text[:limit] + "…"
    return text


def _listed(texts: Iterable[str]) -> str:
    """The first items; a student may answer with a hundred thousand."""
    texts = iter(texts)
    first = list(itertools.islice(texts, _ITEMS))
    return ", ".join(first) + (", …" if next(texts, None) is not None else "")


def show_call(
    name: str, steps: Sequence[str], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> str:
    """A call, large arrays as dtype and shape."""
    for step in steps:
        name = f"{step}({name})"
    inner = [show(arg) for arg in args] + [f"{k}={show(v)}" for k, v in kwargs.items()]
    one_line = f"{name}({', '.join(inner)})"
    if "\n" not in one_line and len(one_line) <= 88:
        return one_line
    indented = [text.replace("\n", "\n" + " " * 4) for text in inner]
    return f"{name}(\n    " + ",\n    ".join(indented) + ",\n)"


def type_name(value: Any) -> str:
    """How messages name a value's type."""
    value = _as_numpy(value)
    if isinstance(value, (np.ndarray, np.generic)):
        return f"{value.dtype}[{','.join(map(str, value.shape))}]"
    return "None" if value is None else type(value).__name__


def _as_numpy(value: Any) -> Any:
    """References may give ``jax.Array``s."""
    return np.asarray(value) if hasattr(value, "__array__") else value


def _show_array(array: np.ndarray) -> str:
    """The shortest faithful form: in full, by its few non-zero entries, as planes, as a picture."""
    if array.ndim == 0:
        return _number(array[()])
    label = type_name(array)
    if array.size == 0:
        return label
    if array.ndim <= 2 and array.size <= _SMALL:
        return np.array2string(
            array, separator=", ", formatter={"all": _number}, max_line_width=76, threshold=_SMALL
        )
    entries = np.argwhere(array != 0)
    if len(entries) <= _FEW:
        listed = ", ".join(
            f"{[int(i) for i in at]} = {_number(array[tuple(at)])}" for at in entries
        )
        return f"zeros {label}" + (f", {listed}" if listed else "")
    if array.ndim > 2 and array.size <= _SMALL and (planes := _planes(array)):
        return f"{label}\n{planes}"
    plane = array.squeeze()
    if plane.ndim == 2 and max(plane.shape) <= _WIDEST and plane.dtype.kind in "fiu":
        return f"{label}\n{_picture(plane.astype(np.float64))}"
    return label


def _planes(array: np.ndarray) -> str:
    """The first two axes as tables, side by side, one for each index of the others; "" if too wide."""
    blocks = []
    for index in np.ndindex(array.shape[2:]):
        plane = array[(slice(None), slice(None), *index)]
        cells = [[_number(value) for value in row] for row in plane]
        width = max(len(cell) for row in cells for cell in row)
        title = f"[:, :, {', '.join(map(str, index))}]"
        rows = [title, *(" ".join(cell.rjust(width) for cell in row) for row in cells)]
        longest = max(map(len, rows))
        blocks.append([row.ljust(longest) for row in rows])
    lines = ["   ".join(parts).rstrip() for parts in zip(*blocks, strict=True)]
    return "\n".join(lines) if max(map(len, lines)) <= _WIDE else ""


def _picture(plane: np.ndarray) -> str:
    """Two characters a pixel, from the smallest value (blank) to the largest; "??" where not finite."""
    finite = np.isfinite(plane)
    values = plane[finite]
    if values.size == 0 or values.min() == values.max():
        return f"({', '.join(_number(v) for v in np.unique(plane))})"
    # Halved, so that the span of the largest floats does not overflow.
    low, high = values.min() / 2, values.max() / 2
    levels = (np.where(finite, plane, 2 * low) / 2 - low) / (high - low) * (len(_SHADES) - 1)
    levels = np.where(finite, levels.round(), -1).astype(int)
    return "\n".join(
        "".join(_SHADES[i] * 2 if i >= 0 else "??" for i in row).rstrip() for row in levels
    )


def _number(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (complex, np.complexfloating)):
        return f"{complex(value):.6g}"
    return f"{float(value):.6g}"
