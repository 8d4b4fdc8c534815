"""Values in Python's notation: exact, short where they are mostly zeros, large arrays in a file beside."""

import builtins
import io
import keyword
import math
import re
import zipfile
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np

from grader import wire

__all__ = ["CannotBeWritten", "Notation", "OfJax", "is_name"]

_WIDTH = 84
_INLINE = 30  # characters of an argument that is written in the call itself
_FEW = 12  # non-zero entries that are assigned one by one
_WRITTEN = 200  # entries of an array that is written out
_INSIDE = 16  # of one inside a list
_FACTORY = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*):([A-Za-z_]\w*)", re.ASCII)
_TAKEN = {"np", "jnp", "jax", "nnx", "sys", "types", "importlib", "Path", "saved", "path", "code"}
_TAKEN |= {"notebook", "read_notebook"}
_STEPS = ("jit", "grad", "value_and_grad", "vmap")
_BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


class CannotBeWritten(Exception):
    """There is something in a case that no file of Python could make."""


class OfJax(NamedTuple):
    """An array that is to be one of JAX."""

    array: np.ndarray


def is_name(text: str) -> bool:
    """Whether a text is a name in Python, and one that any editor shows as it is."""
    return text.isascii() and text.isidentifier() and not keyword.iskeyword(text)


class Notation:
    """Writes values, and collects what must stand above them.

    Attributes:
        lines: assignments that the expressions given since the last look at it rely on.

    Args:
        taken: names that no variable may get.
    """

    def __init__(self, taken: Collection[str] = ()) -> None:
        self._taken = {*_TAKEN, *taken, *dir(builtins)}
        self._lines: list[str] = []
        self._saved: dict[str, np.ndarray] = {}
        self._imports: set[str] = set()

    @property
    def lines(self) -> list[str]:
        """The assignments since this was last asked for."""
        lines, self._lines = self._lines, []
        return lines

    @property
    def imports(self) -> list[str]:
        """What the text needs of packages."""
        return sorted(self._imports, key=lambda line: (line.startswith("from"), line))

    @property
    def loading(self) -> list[str]:
        """The line that opens the arrays beside the file."""
        return ['saved = np.load(Path(__file__).with_suffix(".npz"))'] if self._saved else []

    def archive(self) -> bytes:
        """Those arrays, as an ``.npz`` file; b"" where there are none."""
        if not self._saved:
            return b""
        stream = io.BytesIO()
        # As numpy.savez writes it, which takes "file" for an argument of its own.
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, array in self._saved.items():
                with archive.open(f"{name}.npy", "w") as entry:
                    np.lib.format.write_array(entry, array, allow_pickle=False)
        return stream.getvalue()

    # ------------------------------------------------------------------------------------ expressions

    def argument(self, name: str, value: Any) -> str:
        """What stands in a call for an argument: the value where it is short, else a variable of that name."""
        text = self.value(name, value)
        if len(text) <= _INLINE and not isinstance(value, (np.ndarray, OfJax, wire.Network)):
            return text
        if is_name(text) and text not in dir(builtins):
            return text  # an array that has its variable
        variable = self._variable(name)
        self._lines.append(f"{variable} = {text}")
        return variable

    def keyword(self, name: str, value: Any) -> str:
        """A keyword argument of a call."""
        if not is_name(name):
            raise CannotBeWritten(name)
        return f"{name}={self.argument(name, value)}"

    def value(self, name: str, value: Any) -> str:
        """An expression of a value; ``name`` is how a variable of it would be called."""
        if isinstance(value, OfJax):
            self._imports.add("import jax.numpy as jnp")
            return f"jnp.asarray({self._array(name, value.array, _INSIDE)})"
        if isinstance(value, np.ndarray):
            return self._array(name, value, _WRITTEN if "_" not in name else _INSIDE)
        if isinstance(value, wire.Network):
            return self._network(name, value)
        if isinstance(value, Mapping):
            items = [f"{key!r}: {self.value(f'{name}_{key}', v)}" for key, v in value.items()]
            return _bracketed("{", items, "}")
        if isinstance(value, (list, tuple)):
            items = [self.value(f"{name}_{number}", item) for number, item in enumerate(value)]
            if isinstance(value, list):
                return _bracketed("[", items, "]")
            return f"({items[0]},)" if len(items) == 1 else _bracketed("(", items, ")")
        if isinstance(value, float):
            return self._float(value)
        if value is None or isinstance(value, (bool, int, str)):
            return repr(value)
        raise CannotBeWritten(type(value).__name__)

    def transformed(self, function: str, steps: Sequence[Sequence[Any]]) -> str:
        """The function as it was called: ``jax.jit(jax.vmap(f, in_axes=(0, None)))``."""
        for name, options in steps:
            if name not in _STEPS:
                raise CannotBeWritten(str(name))
            self._imports.add("import jax")
            given = "".join(
                f", {key}={self.value(key, tuple(v) if isinstance(v, list) else v)}"
                for key, v in options.items()
                if is_name(key)
            )
            function = f"jax.{name}({function}{given})"
        return function

    # ------------------------------------------------------------------------------------ arrays

    def _array(self, name: str, array: np.ndarray, most: int) -> str:
        self._imports.add("import numpy as np")
        dtype = self._dtype(array.dtype)
        shape = _shape(array.shape)
        if array.ndim == 0 or 0 < array.size <= 4:
            return f"np.array({self._entries(array)}, {dtype})"
        first = array.reshape(-1)[:1]
        if array.size == 0 or _equal_bits(array, np.broadcast_to(first, array.shape)):
            number = self._number(first[0]) if array.size else "0"
            for value, maker in (("0", "zeros"), ("1", "ones")):
                if number == value:
                    return f"np.{maker}({shape}, {dtype})"
            return f"np.full({shape}, {number}, {dtype})"
        places = np.argwhere(_not_zero(array))
        if len(places) <= _FEW and 3 * len(places) < array.size and array.size > 8:
            variable = self._variable(name)
            self._lines.append(f"{variable} = np.zeros({shape}, {dtype})")
            for place in map(tuple, places.tolist()):
                at = ", ".join(map(str, place))
                self._lines.append(f"{variable}[{at}] = {self._number(array[place])}")
            return variable
        if array.size <= most:
            return f"np.array({self._entries(array)}, {dtype})"
        if array.size <= _WRITTEN:
            variable = self._variable(name)
            self._lines.append(f"{variable} = np.array({self._entries(array)}, {dtype})")
            return variable
        variable = self._variable(name)
        if array.dtype == _BFLOAT16:  # which NumPy's files do not know
            self._saved[variable] = array.view(np.uint16)
            text = f"saved[{variable!r}].view(jnp.bfloat16)"
        else:
            self._saved[variable] = array
            text = f"saved[{variable!r}]"
        kind = f"{array.dtype.name}[{','.join(map(str, array.shape))}]"
        self._lines.append(f"{variable} = {text}  # {kind}")
        return variable

    def _entries(self, array: np.ndarray) -> str:
        """Nested lists, a row on each line."""
        if array.ndim == 0:
            return self._number(array[()])
        if array.ndim == 1:
            return _bracketed("[", [self._number(value) for value in array], "]", fill=True)
        return _bracketed("[", [self._entries(part) for part in array], "]")

    def _number(self, value: Any) -> str:
        if isinstance(value, np.bool_):
            return str(bool(value))
        if isinstance(value, np.integer):
            return str(int(value))
        if isinstance(value, np.complexfloating):
            both = complex(value)
            return f"complex({self._float(both.real)}, {self._float(both.imag)})"
        exact, short = float(value), str(value)
        if not math.isfinite(exact):
            return self._float(exact)
        if exact.is_integer() and abs(exact) < 1e6:
            return (
                repr(exact).removesuffix(".0") if exact or math.copysign(1, exact) > 0 else "-0.0"
            )
        # As short as the array's own precision allows, where that is exact.
        return short if value.dtype.type(float(short)) == value else repr(exact)

    def _float(self, value: float) -> str:
        if math.isfinite(value):
            return repr(value)
        self._imports.add("import numpy as np")
        return "np.nan" if math.isnan(value) else "np.inf" if value > 0 else "-np.inf"

    def _dtype(self, dtype: np.dtype) -> str:
        if dtype == _BFLOAT16:
            self._imports.add("import jax.numpy as jnp")
            return "jnp.bfloat16"
        return "bool" if dtype == np.bool_ else f"np.{dtype.name}"

    # ------------------------------------------------------------------------------------ the rest

    def _network(self, name: str, network: wire.Network) -> str:
        factory = _FACTORY.fullmatch(network.factory)
        if factory is None:
            raise CannotBeWritten(network.factory)
        module, function = factory.groups()
        self._imports.add(f"import {module}")
        items = [self.value(f"{name}_{number}", v) for number, v in enumerate(network.args)]
        for key, value in network.kwargs.items():
            if not is_name(key):
                raise CannotBeWritten(key)
            if key != "seed":
                items.append(f"{key}={self.value(f'{name}_{key}', value)}")
            elif value is not None:
                self._imports.add("from flax import nnx")
                items.append(f"rngs=nnx.Rngs({self.value(key, value)})")
        return _bracketed(f"{module}.{function}(", items, ")")

    def _variable(self, name: str) -> str:
        """A new variable, called like this as far as that is possible."""
        stem = re.sub(r"\W+", "_", name, flags=re.ASCII)[:40]
        stem = stem if is_name(stem) else f"value_{stem}"
        variable, number = stem, 2
        while variable in self._taken or not is_name(variable):
            variable, number = f"{stem}_{number}", number + 1
        self._taken.add(variable)
        return variable


def _bracketed(opening: str, items: Sequence[str], closing: str, fill: bool = False) -> str:
    """Items on one line where they fit, else one on each; or as many as fit on each."""
    line = f"{opening}{', '.join(items)}{closing}"
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    rows: list[str] = []
    for item in items:
        if fill and rows and len(rows[-1]) + len(item) + 2 <= _WIDTH - 16:
            rows[-1] += f", {item}"
        else:
            rows.append(item)
    inner = ",\n".join(rows).replace("\n", "\n    ")
    return f"{opening}\n    {inner},\n{closing}"


def _shape(shape: tuple[int, ...]) -> str:
    return str(shape[0]) if len(shape) == 1 else f"({', '.join(map(str, shape))})"


def _not_zero(array: np.ndarray) -> np.ndarray:
    """Where entries are not 0; -0 is another number."""
    zero = array == np.zeros((), array.dtype)
    if array.dtype.kind in "fV":
        zero &= ~np.signbit(array.astype(np.float64))
    elif array.dtype.kind == "c":
        zero &= ~(np.signbit(np.real(array)) | np.signbit(np.imag(array)))
    return ~zero


def _equal_bits(one: np.ndarray, other: np.ndarray) -> bool:
    return np.ascontiguousarray(one).tobytes() == np.ascontiguousarray(other).tobytes()
