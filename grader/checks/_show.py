"""Values as a student wants to read them: short, in Python's notation, images as pictures.

No more of a value is looked at than is shown, whatever it is.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from grader import wire
from grader.checks._pieces import first, kind_of, nonzero, span
from grader.checks._planes import Cut, cuts, is_image, lies_as

__all__ = ["show", "show_call", "show_keys", "type_name"]

_SMALL = 64  # entries up to which an array is written out
_ITEMS = 32  # of a list, dict or tuple
_KEYS = 12  # named in a sentence
_KEY = 60  # characters of one of them
_TAIL = 20  # characters for what tells how much was left out
_MOST = 3_000  # characters of a value in which there are tables or pictures
_FEW = 5  # non-zero entries up to which only they are listed
_TINY = 12  # entries that are written out in a call that is long
_MANY = 200  # entries up to which planes are written out
_DRAWN = 4096  # entries beyond which nothing is looked at for a picture
_PICTURES = 3
_WIDE = 68  # characters up to which planes stand side by side
_WIDEST = 34  # pixels up to which it is drawn: two columns each, in a report of 80
_CALL_LINES = 20
_SHADES = " ░▒▓█"
_GAP = "   "
_DUST = 1e-6  # of the largest entry: what is smaller is zero, but for rounding


def show(value: Any, limit: int = 400, *, name: str = "", brief: bool = False) -> str:
    """One value as short text; "… +3" stands for three more items or characters.

    Args:
        value: of an exact type that crosses the wire, or of our own.
        limit: characters of a value that fits on a line.
        name: of the argument, which tells a batch of images from a kernel; "" for an answer.
        brief: whether arrays that would take lines are told by dtype, shape and range.
    """
    page = _Page(limit, name, brief)
    try:
        page.write(value)
    except _Full:
        return "".join(page.parts)[:_MOST] + "…"
    text = "".join(page.parts)
    return text if len(text) <= limit or "\n" in text else text[:limit] + "…"


def show_keys(keys: Iterable[str]) -> str:
    """The first keys of a dictionary, for a sentence: sorted, where that is all of them."""
    keys = list(keys)
    named = sorted(keys) if len(keys) <= _KEYS else keys[:_KEYS]
    rest = f"… +{len(keys) - _KEYS}" if len(keys) > _KEYS else ""
    return f"[{', '.join(filter(None, [*(_quoted(key, _KEY) for key in named), rest]))}]"


class _Full(Exception):
    """There is no room for more."""


class _Page:
    """What has been written of a value: as soon as there is enough, nothing more is looked at."""

    def __init__(self, limit: int, name: str, brief: bool) -> None:
        self.parts: list[str] = []
        self._limit, self._room = limit, _MOST
        self._name, self._brief = name, brief

    def put(self, text: str) -> None:
        self.parts.append(text)
        self._room -= len(text)
        if self._room < 0:
            raise _Full

    def write(self, value: Any) -> None:
        value = _as_numpy(value)
        if isinstance(value, np.ndarray):
            self.put(_show_array(value, self._name, self._brief))
        elif isinstance(value, float):
            text = _number(value)
            # Not to be taken for an int.
            self.put(text + (".0" if text.lstrip("-").isdigit() else ""))
        elif isinstance(value, np.generic):
            self.put(_number(value))
        elif isinstance(value, wire.Network):
            name = value.factory.partition(":")[2]
            self.put(show_call(name, (), value.args, value.kwargs))
        elif isinstance(value, Mapping):
            self.put("{")
            for key, item in self._first(value.items(), len(value)):
                self.put(f"{_quoted(key, self._limit)}: ")
                self.write(item)
            self.put("}")
        elif isinstance(value, (list, tuple)):
            self.put("[" if isinstance(value, list) else "(")
            for item in self._first(value, len(value)):
                self.write(item)
            alone = isinstance(value, tuple) and len(value) == 1
            self.put("]" if isinstance(value, list) else ",)" if alone else ")")
        else:
            self.put(_quoted(value, self._limit))

    def _first(self, items: Iterable[Any], count: int) -> Iterable[Any]:
        """The first items, with what stands between and after them."""
        for number, item in enumerate(itertools.islice(items, _ITEMS)):
            if number:
                self.put(", ")
            yield item
        if count > _ITEMS:
            self.put(f", … +{count - _ITEMS}")


def _quoted(value: Any, limit: int) -> str:
    """What is no container as Python writes it; the beginning of a long text."""
    if not isinstance(value, str) or len(value) <= limit:
        return repr(value)
    kept = max(limit - _TAIL, 1)
    return f"{value[:kept]!r}… +{len(value) - kept}"


def show_call(
    name: str,
    steps: Sequence[str],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    parameters: Sequence[str] = (),
) -> str:
    """A call; where it would be long, its arrays as dtype, shape and range, and the end left out.

    Args:
        name: of the function.
        steps: transformations, the innermost first.
        args: positional arguments.
        kwargs: keyword arguments.
        parameters: names of the positional arguments, which tell a batch of images from a kernel.
    """
    for step in steps:
        name = f"{step}({name})"
    text = _call(name, args, kwargs, parameters)
    if text.count("\n") >= _CALL_LINES:
        text = _call(name, args, kwargs, parameters, brief=True)
    lines = text.split("\n")
    return "\n".join([*lines[: _CALL_LINES - 1], "    …"]) if len(lines) > _CALL_LINES else text


def _call(
    name: str,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    parameters: Sequence[str],
    brief: bool = False,
) -> str:
    names = [*parameters[: len(args)], *[""] * (len(args) - len(parameters))]
    inner = [
        show(arg, name=called or "_", brief=brief) for called, arg in zip(names, args, strict=True)
    ]
    inner += [f"{k}={show(v, name=k, brief=brief)}" for k, v in kwargs.items()]
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


def _show_array(array: np.ndarray, name: str, brief: bool) -> str:
    """The shortest faithful form: in full, by its few non-zero entries, as planes, as a picture, by its range."""
    if array.ndim == 0:
        return _number(array[()])
    label = type_name(array)
    if array.size == 0:
        return label
    if array.ndim <= 2 and array.size <= _SMALL and not (brief and array.size > _TINY):
        return _written(array)
    entries = nonzero(array, _FEW)
    if entries is not None:
        listed = ", ".join(f"{list(at)} = {_number(array[at])}" for at in entries)
        return f"zeros {label}" + (f", {listed}" if listed else "")
    one = array.reshape(-1)[0]
    with np.errstate(invalid="ignore"):
        others = first(array, lambda piece: (piece != one) & ((piece == piece) | (one == one)))
    if others is None:
        return f"ones {label}" if _number(one) == "1" else f"full {label} ({_number(one)})"
    if array.size <= _DRAWN and not brief:
        axes = lies_as(name, array.shape)
        if is_image(array, axes) and max(array.shape[axes.index("H") :][:2]) <= _WIDEST:
            return _pictures(array, cuts(array.shape, axes), label)
        if array.size <= _MANY and array.ndim > 1:
            return _planes(array, cuts(array.shape, axes), label)
    return label + _range(array)


def _written(array: np.ndarray) -> str:
    """Every entry, in Python's notation."""
    write = _numbers(array)
    return np.array2string(
        array, separator=", ", formatter={"all": write}, max_line_width=76, threshold=_SMALL
    )


def _range(array: np.ndarray) -> str:
    """From the smallest to the largest finite entry, and the first that is not finite."""
    kind = kind_of(array.dtype)
    ends = span(array) if kind in "iuf" else None
    stray = first(array, lambda piece: ~np.isfinite(piece)) if kind == "f" else None
    parts = [f"{_number(ends[0])} … {_number(ends[1])}"] if ends else []
    parts += [_number(array[stray])] if stray is not None else []
    return f" ({', '.join(parts)})" if parts else ""


def _planes(array: np.ndarray, planes: Sequence[Cut], label: str) -> str:
    """Tables, side by side as far as there is room, each under what selects it: ``[0, :, :, 2]``."""
    write = _numbers(array)
    blocks = []
    for cut in planes:
        cells = [[write(value) for value in row] for row in array[cut.index]]
        width = max(len(cell) for row in cells for cell in row)
        title = str(cut)
        rows = [title] * bool(title) + [
            " ".join(cell.rjust(width) for cell in row) for row in cells
        ]
        longest = max(map(len, rows))
        blocks.append([row.ljust(longest) for row in rows])
    if max(len(block[0]) for block in blocks) > _WIDE:
        return label + _range(array)
    return "\n".join([label, *_side_by_side(blocks)])


def _pictures(array: np.ndarray, planes: Sequence[Cut], label: str) -> str:
    """The first planes drawn with one scale, which stands above them."""
    ends = span(array)
    assert ends is not None
    low, high = ends
    head = f"{label} ({_number(low)} '{_SHADES}' {_number(high)})"
    blocks = []
    for cut in planes[:_PICTURES]:
        levels = (array[cut.index].astype(np.float64) - low) / (high - low) * (len(_SHADES) - 1)
        rows = ["".join(_SHADES[i] * 2 for i in row) for row in levels.round().astype(int)]
        title = str(cut) if len(planes) > 1 else ""
        blocks.append([title.ljust(len(rows[0]))] * bool(title) + rows)
    more = [f"… +{len(planes) - _PICTURES}"] if len(planes) > _PICTURES else []
    return "\n".join([head, *_side_by_side(blocks), *more])


def _side_by_side(blocks: Sequence[Sequence[str]]) -> list[str]:
    """Blocks of one height, as many in a row as fit."""
    each = max((_WIDE + len(_GAP)) // (len(blocks[0][0]) + len(_GAP)), 1)
    lines = []
    for start in range(0, len(blocks), each):
        together = zip(*blocks[start : start + each], strict=True)
        lines += [_GAP.join(parts).rstrip() for parts in together]
    return lines


def _numbers(array: np.ndarray) -> Callable[[Any], str]:
    """Writes the entries of an array: what is nothing but rounding beside the others is near 0."""
    ends = span(array) if kind_of(array.dtype) == "f" else None
    dust = _DUST * max(map(abs, ends)) if ends else 0.0

    def write(value: Any) -> str:
        if not dust:
            return _number(value)
        number = float(value)
        return "≈0" if 0 < abs(number) < dust and not number.is_integer() else _number(value)

    return write


def _number(value: Any) -> str:
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (complex, np.complexfloating)):
        return f"{complex(value):.6g}"
    return f"{float(value):.6g}"
