"""The initialisers of an ONNX model, read from its protocol buffer without the onnx package.

Source: `onnx/onnx.proto` of ONNX 1.23; Google, *Protocol Buffers: Encoding*.
"""

import math
import struct
from collections.abc import Iterator
from typing import Any

import ml_dtypes
import numpy as np

from ._errors import (
    DamagedFileError,
    UnknownFormatError,
    UnsafeFileError,
    UnsupportedFileError,
    short,
)
from ._limits import Budget

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MAX_TENSORS = 100_000

# Fields of ModelProto, GraphProto and TensorProto.
_SECOND_TAGS = (0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42)
_GRAPH = 7
_INITIALIZER, _SPARSE_INITIALIZER = 5, 15
_DIMS, _TYPE, _FLOATS, _INTS, _STRINGS, _LONGS, _NAME = 1, 2, 4, 5, 6, 7, 8
_RAW, _DOUBLES, _UNSIGNED, _EXTERNAL, _LOCATION = 9, 10, 11, 13, 14

# Number of a type -> the type, and the field that has its numbers when `raw_data` has not.
_TYPES: dict[int, tuple[Any, int]] = {
    1: (np.float32, _FLOATS),
    2: (np.uint8, _INTS),
    3: (np.int8, _INTS),
    4: (np.uint16, _INTS),
    5: (np.int16, _INTS),
    6: (np.int32, _INTS),
    7: (np.int64, _LONGS),
    9: (np.bool_, _INTS),
    10: (np.float16, _INTS),
    11: (np.float64, _DOUBLES),
    12: (np.uint32, _UNSIGNED),
    13: (np.uint64, _UNSIGNED),
    14: (np.complex64, _FLOATS),
    15: (np.complex128, _DOUBLES),
    16: (ml_dtypes.bfloat16, _INTS),
    17: (ml_dtypes.float8_e4m3fn, _INTS),
    18: (ml_dtypes.float8_e4m3fnuz, _INTS),
    19: (ml_dtypes.float8_e5m2, _INTS),
    20: (ml_dtypes.float8_e5m2fnuz, _INTS),
}
_FIXED = {_FLOATS: np.dtype("<f4"), _DOUBLES: np.dtype("<f8")}

Field = tuple[int, int, Any]


def starts_like_onnx(head: bytes) -> bool:
    """Whether a file may be a ModelProto, which has no magic number: a version, another field."""
    return len(head) > 2 and head[0] == 0x08 and 0 < head[1] < 64 and head[2] in _SECOND_TAGS


def read_onnx(data: memoryview, budget: Budget) -> dict[str, np.ndarray]:
    """The arrays of all initialisers of the model's graph."""
    arrays: dict[str, np.ndarray] = {}
    graphs = [value for number, wire, value in _fields(data) if (number, wire) == (_GRAPH, _BYTES)]
    if len(graphs) != 1:
        raise UnknownFormatError(
            f"may be an ONNX model, but has {len(graphs)} graphs instead of one"
        )
    for graph in graphs:
        for field, kind, body in _fields(graph):
            if field == _SPARSE_INITIALIZER:
                raise UnsupportedFileError("has sparse weights")
            if field != _INITIALIZER or kind != _BYTES:
                continue
            name, array = _tensor(body, budget)
            if name in arrays:
                raise DamagedFileError("two initialisers have this name", entry=name)
            arrays[name] = array
            if len(arrays) > _MAX_TENSORS:
                raise UnsafeFileError(f"has more than {_MAX_TENSORS} initialisers")
    return arrays


def _tensor(body: memoryview, budget: Budget) -> tuple[str, np.ndarray]:
    name, kind, dims, raw, external = "", 0, [], None, False
    parts: dict[int, list[Field]] = {
        _FLOATS: [],
        _INTS: [],
        _LONGS: [],
        _DOUBLES: [],
        _UNSIGNED: [],
    }
    for field in _fields(body):
        number, wire, value = field
        if number == _NAME and wire == _BYTES:
            name = bytes(value).decode("utf-8", "replace")
        elif number == _TYPE and wire == _VARINT:
            kind = value
        elif number == _DIMS:
            dims += _integers(field)
        elif number == _RAW and wire == _BYTES:
            raw = value
        elif number == _EXTERNAL or (number == _LOCATION and value == 1):
            external = True
        elif number in parts:
            parts[number].append(field)
    if external:
        raise UnsafeFileError("has its numbers in another file", entry=name)
    if kind not in _TYPES:
        raise UnsupportedFileError(f"has type {kind} of ONNX, which is no array here", entry=name)
    return name, _array(name, kind, dims, raw, parts, budget)


def _array(
    name: str,
    kind: int,
    dims: list[int],
    raw: memoryview | None,
    parts: dict[int, list[Field]],
    budget: Budget,
) -> np.ndarray:
    dtype, field = np.dtype(_TYPES[kind][0]), _TYPES[kind][1]
    if any(not 0 <= n < 2**31 for n in dims) or len(dims) > 64:
        raise UnsafeFileError(f"has the shape {short(str(dims))}", entry=name)
    if math.prod(max(n, 1) for n in dims) * dtype.itemsize >= 2**63:
        raise UnsafeFileError("has more elements than can be counted", entry=name)
    size = math.prod(dims) * dtype.itemsize
    budget.spend(size, name)
    if raw is not None:
        data = np.frombuffer(raw, np.uint8)
    else:
        data = _unpacked(parts[field], field, dtype)
    if data.size != size:
        raise DamagedFileError(
            f"its shape {tuple(dims)} needs {size} bytes, but {data.size} are there", entry=name
        )
    if dtype == np.bool_:
        return (data != 0).reshape(dims)
    return data.copy().view(dtype).reshape(dims)


def _unpacked(fields: list[Field], field: int, dtype: np.dtype) -> np.ndarray:
    """Numbers that are not in `raw_data`, as the bytes of `dtype`."""
    if field in _FIXED:
        width = _FIXED[field].itemsize
        chunks = [
            bytes(value) if wire == _BYTES else value.to_bytes(width, "little")
            for _, wire, value in fields
        ]
        joined = b"".join(chunks)
        return np.frombuffer(joined, np.uint8)
    numbers = [number for part in fields for number in _integers(part)]
    whole = np.array([n & (2**64 - 1) for n in numbers], np.uint64)
    return whole.astype(f"u{dtype.itemsize}").view(np.uint8)


def _integers(field: Field) -> list[int]:
    """Signed 64-bit integers of a repeated field, packed or not."""
    _, wire, value = field
    if wire == _VARINT:
        return [_signed(value)]
    if wire != _BYTES:
        raise DamagedFileError("a protocol buffer has a number where integers are wanted")
    numbers, position = [], 0
    while position < len(value):
        number, position = _varint(value, position)
        numbers.append(_signed(number))
    return numbers


def _signed(number: int) -> int:
    return number - 2**64 if number >= 2**63 else number


def _fields(data: memoryview) -> Iterator[Field]:
    """(number, wire type, value) of each field of a message."""
    position = 0
    while position < len(data):
        tag, position = _varint(data, position)
        number, wire = tag >> 3, tag & 7
        if wire == _VARINT:
            value, position = _varint(data, position)
        elif wire == _BYTES:
            length, position = _varint(data, position)
            value, position = _slice(data, position, length)
        elif wire in (_FIXED64, _FIXED32):
            piece, position = _slice(data, position, 8 if wire == _FIXED64 else 4)
            value = struct.unpack("<Q" if wire == _FIXED64 else "<I", piece)[0]
        else:
            raise DamagedFileError(f"a protocol buffer has the wire type {wire}")
        if number == 0:
            raise DamagedFileError("a protocol buffer has a field 0")
        yield number, wire, value


def _slice(data: memoryview, position: int, length: int) -> tuple[memoryview, int]:
    if length > len(data) - position:
        raise DamagedFileError(
            f"is cut short: a field of {length} bytes has {len(data) - position}"
        )
    return data[position : position + length], position + length


def _varint(data: memoryview, position: int) -> tuple[int, int]:
    result = 0
    for shift in range(0, 70, 7):
        if position >= len(data):
            raise DamagedFileError("is cut short inside a number of a protocol buffer")
        byte = data[position]
        position += 1
        result |= (byte & 127) << shift
        if byte < 128:
            return result & (2**64 - 1), position
    raise DamagedFileError("a protocol buffer has a number of more than ten bytes")
