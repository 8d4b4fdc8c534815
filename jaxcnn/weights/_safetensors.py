"""The safetensors format, read by its own library; a JSON header, then the numbers.

It is written here: the library puts metadata into an order of chance, and equal models should be
equal files; and it makes the whole file in memory.

Source: the format's description in the README of https://github.com/huggingface/safetensors,
version 0.8.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
from safetensors import SafetensorError, deserialize, safe_open

from jaxcnn._files import replacing

from ._errors import DamagedFileError, UnsafeFileError, UnsupportedFileError, short
from ._limits import Budget

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


def read_safetensors(data: bytes, budget: Budget) -> dict[str, np.ndarray]:
    """The arrays of a safetensors file, in the order of their numbers.

    Raises:
        WeightFileError: The format's library refuses the file, or a type is none of NumPy's.
    """
    try:
        parts = deserialize(data)
    except SafetensorError as error:
        raise _refusal(error) from None
    arrays: dict[str, np.ndarray] = {}
    for name, part in parts:
        if part["dtype"] not in _DTYPES:
            raise UnsupportedFileError(f"has the type {short(part['dtype'])}", entry=name)
        budget.spend(len(part["data"]), name)
        numbers = np.frombuffer(bytearray(part["data"]), np.uint8)
        dtype = np.dtype(_DTYPES[part["dtype"]])
        typed = numbers != 0 if dtype == np.bool_ else numbers.view(dtype)
        try:
            arrays[name] = typed.reshape(part["shape"])
        except (ValueError, OverflowError):
            raise UnsafeFileError(
                f"has a shape that no array has: {short(str(part['shape']))}", entry=name
            ) from None
    return arrays


def read_safetensors_metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """The texts that stand beside the arrays."""
    try:
        with safe_open(os.fspath(path), framework="numpy") as file:
            return dict(file.metadata() or {})
    except SafetensorError as error:
        raise _refusal(error) from None


def _refusal(error: SafetensorError) -> DamagedFileError:
    said = str(error).removeprefix("Error while deserializing header: ")
    said = said if said.isprintable() and len(said) < 300 else short(said, 300)
    return DamagedFileError(f"is no sound safetensors file: {said}")


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
