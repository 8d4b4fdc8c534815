"""Arrays cut into planes: which two axes lie on the paper, and which index each plane has on the others."""

import dataclasses
import math
import re
import sys
from collections.abc import Sequence

import numpy as np

from grader import wire
from grader.results import CaseValue

__all__ = ["Cut", "array_of", "cuts", "is_image", "lies_as"]

_LEAST = 8  # rows and columns of a picture: what is smaller is read number by number
# The mean square of a step from an entry to its neighbour, in variances: 2 where entries are independent (of 4000
# planes of noise, 8 by 8, two were below this), 0.4 in digits of 28 pixels, 1.1 in the same halved to 14.
_ALIKE = 1.4
_KERNEL_SIDE = 7
_KERNELS = re.compile(r"kernel|weight|filter", re.IGNORECASE)
_MAPS = re.compile(r"^(x|images?|inputs?|batch|maps?|feature_maps?)\b", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Cut:
    """A plane of an array: what selects it, and which axes are its rows (-1: there is only one) and columns."""

    index: tuple[int | slice | None, ...]
    sides: tuple[int, int]

    def __str__(self) -> str:
        """As Python writes it, such as ``[0, :, :, 2]``; nothing where the plane is the whole array."""
        return self.within(slice(None), slice(None))

    def within(self, rows: slice, columns: slice) -> str:
        """The same of a part of the plane, such as ``[0, 4:20, :, 2]``."""
        index = [part for part in self.index if part is not None]
        if self.sides[0] >= 0:
            index[self.sides[0]] = rows
        index[self.sides[1]] = columns
        if all(part == slice(None) for part in index):
            return ""
        return f"[{', '.join(map(_written, index))}]"


def _written(part: int | slice) -> str:
    if isinstance(part, int):
        return str(part)
    return ":" if part == slice(None) else f"{part.start}:{part.stop}"


def array_of(value: CaseValue) -> np.ndarray | None:
    """The entries of a value, None where they are not kept, or are not what the shape says."""
    dtype = wire.DTYPES.get(value.dtype) if isinstance(value.dtype, str) else None
    if dtype is None or not isinstance(value.data, bytes):
        return None
    if any(side < 0 for side in value.shape) or not 1 <= len(value.shape) <= 16:
        return None
    if len(value.data) != math.prod(value.shape) * dtype.itemsize:
        return None
    array = np.frombuffer(value.data, dtype).reshape(value.shape)
    return array.byteswap() if sys.byteorder == "big" else array


def lies_as(name: str, shape: Sequence[int], kernels: Sequence[tuple[int, ...]] = ()) -> str:
    """The axes of an array, as letters: those of the plane are H and W.

    Four axes are a batch of maps, (batch, height, width, channels), or a kernel, (height, width, in, out): the name of
    an argument tells, else the shape of a kernel that is among the arguments, else how small the first axes are.

    Args:
        name: of the argument; "" for an answer.
        shape: of the array.
        kernels: shapes of the arguments that are kernels.
    """
    if len(shape) != 4:
        return {1: "W", 2: "HW"}.get(len(shape), "HW" + "C" * (len(shape) - 2))
    if _MAPS.search(name):
        return "NHWC"
    if _KERNELS.search(name) or tuple(shape) in kernels:
        return "HWIO"
    return "HWIO" if name and max(shape[:2]) <= _KERNEL_SIDE else "NHWC"


def cuts(shape: Sequence[int], axes: str) -> list[Cut]:
    """The planes of an array of that shape, in the order of its entries.

    Args:
        shape: of the array.
        axes: as :func:`lies_as` gives them.
    """
    if axes == "W":
        return [Cut((None, slice(None)), (-1, 0))]
    others = [axis for axis, letter in enumerate(axes) if letter not in "HW"]
    found = []
    for place in np.ndindex(*(shape[axis] for axis in others)):
        index: list[int | slice | None] = [slice(None)] * len(shape)
        for axis, number in zip(others, place, strict=True):
            index[axis] = number
        found.append(Cut(tuple(index), (axes.index("H"), axes.index("W"))))
    return found


def is_image(array: np.ndarray, axes: str) -> bool:
    """Whether to draw it: a picture has brightnesses, 1 or 3 channels, and neighbours that are alike.

    Brightnesses are whole numbers from 0 to 255 or fractions from 0 to 1. Random weights and noise are no pictures:
    there, two neighbours differ as much as any two entries.
    """
    if axes not in ("HW", "HWC", "NHWC") or array.dtype.kind not in "uif":
        return False
    if array.ndim > 2 and array.shape[-1] not in (1, 3):
        return False
    first = axes.index("H")
    if array.size == 0 or min(array.shape[first : first + 2]) < _LEAST:
        return False
    values = array.astype(np.float64)
    if not np.isfinite(values).all() or values.min() < 0:
        return False
    whole = bool((values == np.round(values)).all())
    if values.max() > (255 if whole else 1):
        return False
    variance = values.var()
    steps = [(np.diff(values, axis=axis) ** 2).mean() for axis in (first, first + 1)]
    return variance > 0 and sum(steps) / 2 < _ALIKE * variance
