"""The safetensors format: a JSON header, then the numbers.

Source: the format's description in the README of https://github.com/huggingface/safetensors,
version 0.8.
"""

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np

from jaxcnn._files import replacing

from ._errors import DamagedFileError, UnsafeFileError, UnsupportedFileError, short
from ._limits import Budget
from ._source import Source

MAX_HEADER = 100_000_000

_DTYPES = {
    "F64": np.float64,
    "F32": np.float32,
    "F16": np.float16,
    "BF16": ml_dtypes.bfloat16,
    "F8_E4M3": ml_dtypes.float8_e4m3fn,
    "F8_E4M3FNUZ": ml_dtypes.float8_e4m3fnuz,
    "F8_E5M2": ml_dtypes.float8_e5m2,
    "F8_E5M2FNUZ": ml_dtypes.float8_e5m2fnuz,
    "F8_E8M0": ml_dtypes.float8_e8m0fnu,
    "I64": np.int64,
    "I32": np.int32,
    "I16": np.int16,
    "I8": np.int8,
    "U64": np.uint64,
    "U32": np.uint32,
    "U16": np.uint16,
    "U8": np.uint8,
    "BOOL": np.bool_,
    "C64": np.complex64,
}
_NAMES = {np.dtype(dtype): name for name, dtype in _DTYPES.items()}


def read_safetensors(source: Source, budget: Budget) -> dict[str, np.ndarray]:
    """The arrays of a safetensors file."""
    header, start = _header(source)
    header.pop("__metadata__", None)
    parts = [(*_described(name, value), name) for name, value in header.items()]
    end = 0
    for begin, stop, _, _, name in sorted(parts, key=lambda part: part[:2]):
        if begin != end:
            raise UnsafeFileError(
                f"begins at byte {begin} of the numbers, where {end} follows; arrays must neither "
                "overlap nor leave holes",
                entry=name,
            )
        end = stop
        source.check(start + begin, stop - begin, name)
    if start + end != source.size:
        raise DamagedFileError(f"has {source.size - start - end} bytes that belong to no array")
    arrays = {}
    for begin, stop, dtype, shape, name in parts:
        budget.spend(stop - begin, name)
        data = source.array(start + begin, stop - begin, name)
        arrays[name] = ((data != 0) if dtype == np.bool_ else data.view(dtype)).reshape(shape)
    return arrays


def read_safetensors_metadata(source: Source) -> dict[str, str]:
    """The texts that stand beside the arrays."""
    metadata = _header(source)[0].get("__metadata__", {})
    if not isinstance(metadata, dict) or any(type(v) is not str for v in metadata.values()):
        raise DamagedFileError("its metadata must map texts to texts", entry="__metadata__")
    return metadata


def write_safetensors(
    path: str | os.PathLike[str],
    arrays: Mapping[str, Any],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes arrays as a `.safetensors` file.

    The file appears whole or not at all: it is written beside `path` and renamed. Equal arrays and
    metadata give equal bytes.

    Args:
        path: The file; one that exists is replaced.
        arrays: Name -> array of any shape, of NumPy or JAX.
        metadata: Texts to keep beside the arrays.

    Raises:
        ValueError: A name is empty, reserved or no text, or an array has a type that the format
            lacks.
        OSError: The file cannot be written; what was there before is untouched.

    Source: https://github.com/huggingface/safetensors, version 0.8.

    >>> write_safetensors(folder / "a.safetensors", {"bias": np.zeros(3)}, {"classes": "cat dog"})
    >>> read_weights(folder / "a.safetensors")
    {'bias': array([0., 0., 0.])}
    """
    named = {name: np.asarray(array) for name, array in _checked_names(arrays).items()}
    for name, array in named.items():
        if array.dtype.newbyteorder("=") not in _NAMES:
            raise ValueError(
                f"arrays[{name!r}] has type {array.dtype}, but must have one of "
                f"{', '.join(map(str, _NAMES))}"
            )
    order = sorted(named, key=lambda name: (-named[name].dtype.itemsize, name))
    header: dict[str, Any] = {}
    if metadata is not None:
        if any(type(part) is not str for pair in metadata.items() for part in pair):
            raise ValueError("metadata must map texts to texts")
        header["__metadata__"] = dict(sorted(metadata.items()))
    place = 0
    for name in order:
        array = named[name]
        header[name] = {
            "dtype": _NAMES[array.dtype.newbyteorder("=")],
            "shape": list(array.shape),
            "data_offsets": [place, place + array.nbytes],
        }
        place += array.nbytes
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)

    with replacing(Path(path)) as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for name in order:
            file.write(little_endian_bytes(named[name]))


def little_endian_bytes(array: np.ndarray) -> memoryview:
    """The numbers of an array in C order, as a file has them."""
    dtype = array.dtype.newbyteorder("<") if array.dtype.kind in "fiuc" else array.dtype
    flat = np.ascontiguousarray(array, dtype).reshape(-1)
    return flat.view(np.uint8).data


def _checked_names(arrays: Mapping[str, Any]) -> Mapping[str, Any]:
    for name in arrays:
        if type(name) is not str or name in ("", "__metadata__"):
            raise ValueError(f"arrays has the name {name!r}, but names must be texts, not empty")
    return arrays


def _header(source: Source) -> tuple[dict[str, Any], int]:
    length = int.from_bytes(source.read(0, 8), "little")
    if length > MAX_HEADER:
        raise UnsafeFileError(f"its header has {length} bytes, more than the {MAX_HEADER} allowed")
    text = source.read(8, length, "header")
    try:
        header = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        if isinstance(error, UnsafeFileError):
            raise
        raise DamagedFileError("its header is no JSON", entry="header") from None
    if not isinstance(header, dict):
        raise DamagedFileError("its header must be a JSON object", entry="header")
    return header, 8 + length


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnsafeFileError("the header has this name twice", entry=twice)
    return result


def _described(name: str, value: Any) -> tuple[int, int, np.dtype, tuple[int, ...]]:
    if not isinstance(value, dict) or set(value) != {"dtype", "shape", "data_offsets"}:
        raise DamagedFileError("must have dtype, shape and data_offsets", entry=name)
    shape, offsets = value["shape"], value["data_offsets"]
    if not _naturals(shape) or not _naturals(offsets) or len(offsets) != 2 or len(shape) > 64:
        raise DamagedFileError("its shape and offsets must be lists of integers", entry=name)
    if type(value["dtype"]) is not str or value["dtype"] not in _DTYPES:
        raise UnsupportedFileError(f"has the unknown type {short(value['dtype'])}", entry=name)
    dtype = np.dtype(_DTYPES[value["dtype"]])
    size = math.prod(shape) * dtype.itemsize
    if offsets[1] - offsets[0] != size or math.prod(max(n, 1) for n in shape) * 16 >= 2**63:
        raise UnsafeFileError(
            f"its shape needs {short(str(size))} bytes, but the offsets give "
            f"{short(str(offsets[1] - offsets[0]))}",
            entry=name,
        )
    return offsets[0], offsets[1], dtype, tuple(shape)


def _naturals(values: Any) -> bool:
    return isinstance(values, list) and all(type(n) is int and 0 <= n < 2**63 for n in values)
