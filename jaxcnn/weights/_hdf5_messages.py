"""What single messages of HDF5's object headers say.

Source: The HDF Group, *HDF5 File Format Specification* 3.0, section IV.A.2.
"""

import math
import struct
from typing import Any

import ml_dtypes
import numpy as np

from ._errors import DamagedFileError, UnsafeFileError, UnsupportedFileError, short

LONGEST_NAME = 1000
_NOWHERE = 2**64 - 1

# (bytes, bits of the exponent, of the mantissa, bias) -> type
_FLOATS = {
    (2, 5, 10, 15): np.float16,
    (2, 8, 7, 127): ml_dtypes.bfloat16,
    (4, 8, 23, 127): np.float32,
    (8, 11, 52, 1023): np.float64,
}


def split(block: bytes, head: int) -> list[tuple[int, int, bytes]]:
    """The messages of a block of a header."""
    found, position = [], 0
    while position + head <= len(block):
        if head == 8:
            kind, size, flags = struct.unpack_from("<2HB", block, position)
        else:
            kind, size, flags = struct.unpack_from("<BHB", block, position)
        position += head
        if position + size > len(block):
            raise DamagedFileError("has a header that is cut short")
        found.append((kind, flags, block[position : position + size]))
        position += size
    return found


def name_of(raw: bytes, name: str) -> str:
    """A name that must end within the bytes."""
    text, end, _ = raw.partition(b"\0")
    if not end or not text:
        raise UnsafeFileError(
            f"has a name that is empty or longer than {LONGEST_NAME} bytes", entry=name
        )
    return text.decode("utf-8", "replace")


def text_of(raw: bytes, key: str) -> str:
    """A text up to its end mark."""
    return raw.partition(b"\0")[0].decode("utf-8", "replace")


def check_sparse(body: bytes, position: int, name: str) -> None:
    """Members in a fractal heap, which only large groups of the newer kind have, are refused."""
    if struct.unpack_from("<Q", body, position)[0] != _NOWHERE:
        raise UnsupportedFileError(
            "has so many members that HDF5 keeps them in a form that is not read here", entry=name
        )


def attribute_parts(body: bytes) -> tuple[str, bytes, bytes, bytes]:
    """Name, type, shape and content of an attribute message."""
    version, flags, *sizes = struct.unpack_from("<2B3H", body)
    if version not in (1, 2, 3) or (version > 1 and flags):
        raise UnsupportedFileError(f"has an attribute of version {version} with flags {flags}")
    position, parts = 9 if version == 3 else 8, []
    for size in sizes:
        parts.append(body[position : position + size])
        position += size + (-size % 8 if version == 1 else 0)
    return text_of(parts[0], ""), parts[1], parts[2], body[position:]


def shape_of(body: bytes, name: str) -> tuple[int, ...]:
    """The shape in a dataspace message."""
    version, rank, _, kind = struct.unpack_from("<4B", body)
    if version not in (1, 2) or rank > 32:
        raise DamagedFileError("has no valid shape", entry=name)
    if version == 2 and kind == 2:
        return (0,)
    shape = struct.unpack_from(f"<{rank}Q", body, 8 if version == 1 else 4)
    if math.prod(max(n, 1) for n in shape) * 16 >= 2**63:
        raise UnsafeFileError(
            f"has more elements than can be counted: {short(str(shape))}", entry=name
        )
    return shape


def dtype_of(body: bytes) -> tuple[np.dtype | None, str]:
    """The type of a dataset, or None; and what to call it in an error."""
    kind, low, size = body[0] & 15, body[1], struct.unpack_from("<I", body, 4)[0]
    order = ">" if low & 1 else "<"
    if kind == 0 and size in (1, 2, 4, 8):
        offset, precision = struct.unpack_from("<2H", body, 8)
        if offset == 0 and precision == 8 * size:
            return np.dtype(f"{order}{'i' if low & 8 else 'u'}{size}"), "integers"
    if kind == 1 and not low & 0x40:
        _, _, _, exponent, _, mantissa, bias = struct.unpack_from("<2H4BI", body, 8)
        found: Any = _FLOATS.get((size, exponent, mantissa, bias))
        if found is not None and (order == "<" or found is not ml_dtypes.bfloat16):
            return np.dtype(found).newbyteorder(order), "floats"
    if kind == 8 and size == 1 and b"FALSE\0" in body and b"TRUE\0" in body:
        return np.dtype(np.bool_), "bools"
    if kind == 5 and size == 2:
        return np.dtype("V2"), "opaque"  # bfloat16, when an attribute says so
    names = {3: "texts", 6: "records", 7: "references", 9: "texts or lists of any length"}
    return None, names.get(kind, f"a type of class {kind} and {size} bytes")
