"""The codec between the grading process and the worker.

A frame is ``b"JG" + length (8 bytes, little endian) + payload``; a payload is one value.  Only exact types
cross: None, bool, int, float, str, list, tuple, dict with str keys, numeric arrays (dtype name + shape +
bytes), and two markers: :class:`Handle` (an object that lives in the worker) and :class:`Network` (a
description of an object that each side builds for itself).  No pickle, no code, no object of the sender's
class.  Depth, number of items and bytes are capped, and sizes are checked before memory is taken.

This module is the only part of grader that the worker imports; it needs the standard library and NumPy.
"""

import dataclasses
import importlib
import math
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

import ml_dtypes
import numpy as np

__all__ = [
    "DTYPES",
    "Handle",
    "Limits",
    "Network",
    "Refused",
    "WireError",
    "copy_of",
    "decode",
    "encode",
    "foreign_array",
    "read_frame",
    "weights_of",
    "write_frame",
]

DTYPES: dict[str, np.dtype] = {
    name: np.dtype(name)
    for name in (
        *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
        *("float16", "float32", "float64", "complex64", "complex128"),
    )
}
DTYPES["bfloat16"] = np.dtype(ml_dtypes.bfloat16)

_MAGIC = b"JG"
_LENGTH = struct.Struct("<Q")
_COUNT = struct.Struct("<I")
_FLOAT = struct.Struct("<d")
_MAX_RANK = 16
_MAX_INT_BYTES = 512


class WireError(Exception):
    """Bytes that are not a well-formed frame or value: the peer broke the protocol."""


class Refused(Exception):
    """A value that may not cross; ``reason`` is one of type, dtype, depth, items, bytes, number."""

    def __init__(self, reason: str, detail: str, path: str = "") -> None:
        super().__init__(f"{reason}: {detail} at {path or 'the value itself'}")
        self.reason, self.detail, self.path = reason, detail, path


class Limits(NamedTuple):
    """Caps on one value."""

    depth: int = 32
    items: int = 100_000
    bytes: int = 256 * 2**20
    text: int = (
        256 * 2**20
    )  # bytes of all texts and keys together: as Python holds them, they grow fourfold


@dataclasses.dataclass(frozen=True)
class Handle:
    """The number of an object kept by the worker."""

    number: int


@dataclasses.dataclass(frozen=True)
class Network:
    """A description of a network: ``factory`` ("package.module:function") and its arguments.

    An argument may be described in its turn: a layer, an initialiser.
    """

    factory: str
    args: tuple = ()
    kwargs: dict[str, Any] = dataclasses.field(default_factory=dict)

    def build(self) -> Any:
        """Make what is described; ``seed=n`` becomes ``rngs=flax.nnx.Rngs(n)``."""
        module, _, name = self.factory.partition(":")
        args = [_made(value) for value in self.args]
        kwargs = {key: _made(value) for key, value in self.kwargs.items()}
        if (seed := kwargs.pop("seed", None)) is not None:
            from flax import nnx

            kwargs["rngs"] = nnx.Rngs(seed)
        return getattr(importlib.import_module(module), name)(*args, **kwargs)


def _made(argument: Any) -> Any:
    return argument.build() if isinstance(argument, Network) else argument


def copy_of(network: Any) -> Any:
    """The same network, which may be trained without changing this one."""
    nnx = sys.modules.get("flax.nnx")  # where it is withheld or unused there are no modules
    return nnx.clone(network) if nnx and isinstance(network, nnx.Module) else network


def weights_of(network: Any) -> dict[str, np.ndarray]:
    """Every array of a network by its dotted path: parameters, and statistics such as those of normalisations.

    Streams of random numbers are left out: they are no result of a training.

    Args:
        network: a ``flax.nnx.Module``.

    Raises:
        Refused: for anything else.
    """
    nnx = sys.modules.get("flax.nnx")
    if nnx is None or not isinstance(network, nnx.Module):
        kind = type(network)
        raise Refused("network", f"{kind.__module__}.{kind.__qualname__}"[:200])
    state = nnx.to_flat_state(nnx.state(network, nnx.Not(nnx.RngState)))
    return {".".join(map(str, path)): np.asarray(leaf[...]) for path, leaf in state}


# ---------------------------------------------------------------------------------------------- encode


class _Encoder:
    def __init__(self, limits: Limits, as_array: Callable[[Any], np.ndarray | None]) -> None:
        self.limits, self.as_array = limits, as_array
        self.parts: list[bytes] = []
        self.items = self.size = self.texts = 0

    def put(self, *chunks: bytes) -> None:
        self.size += sum(map(len, chunks))
        if self.size > self.limits.bytes:
            raise Refused("bytes", f"more than {self.limits.bytes} bytes")
        self.parts.extend(chunks)

    def blob(self, tag: bytes, data: bytes) -> None:
        self.put(tag, _COUNT.pack(len(data)), data)

    def text(self, text: str, path: str) -> None:
        if self.texts + len(text) > self.limits.text:  # before it is encoded
            raise Refused("bytes", f"texts of more than {self.limits.text} characters", path)
        data = text.encode("utf-8", "surrogatepass")
        self.texts += len(data)
        if self.texts > self.limits.text:
            raise Refused("bytes", f"texts of more than {self.limits.text} bytes", path)
        self.blob(b"s", data)

    def value(self, value: Any, depth: int, path: str) -> None:
        self.items += 1
        if self.items > self.limits.items:
            raise Refused("items", f"more than {self.limits.items} items", path)
        if depth > self.limits.depth:
            raise Refused("depth", f"nested deeper than {self.limits.depth}", path)
        kind = type(value)
        if value is None:
            self.put(b"N")
        elif kind is bool:
            self.put(b"T" if value else b"F")
        elif kind is int:
            size = value.bit_length() // 8 + 1
            if size > _MAX_INT_BYTES:
                raise Refused("number", f"an integer of {size} bytes", path)
            self.blob(b"i", value.to_bytes(size, "little", signed=True))
        elif kind is float:
            self.put(b"f", _FLOAT.pack(value))
        elif kind is str:
            self.text(value, path)
        elif kind is list or kind is tuple:
            self.put(b"l" if kind is list else b"t", _COUNT.pack(len(value)))
            for index, item in enumerate(value):
                self.value(item, depth + 1, f"{path}[{index}]")
        elif kind is dict:
            self.put(b"d", _COUNT.pack(len(value)))
            for key, item in value.items():
                if type(key) is not str:
                    raise Refused("type", f"a dict key of type {type(key).__name__}", path)
                self.text(key, path)
                self.value(item, depth + 1, f"{path}[{key!r}]")
        elif kind is Handle:
            self.put(b"h", _COUNT.pack(value.number))
        elif kind is Network:
            self.put(b"n")
            self.value([value.factory, value.args, value.kwargs], depth + 1, path)
        elif kind is np.ndarray:
            self.array(b"a", value, path)
        else:
            self.other(value, path)

    def other(self, value: Any, path: str) -> None:
        kind = type(value)
        if issubclass(kind, np.generic) and kind.__module__ in ("numpy", "ml_dtypes"):
            return self.array(b"a", np.asarray(value), path)
        try:
            array = self.as_array(value)
        except Refused as refused:
            raise Refused(refused.reason, refused.detail, path) from None
        if type(array) is not np.ndarray:
            raise Refused("type", f"{kind.__module__}.{kind.__qualname__}"[:200], path)
        return self.array(b"j", array, path)

    def array(self, tag: bytes, array: np.ndarray, path: str) -> None:
        name = array.dtype.name
        if DTYPES.get(name) != array.dtype:
            raise Refused("dtype", f"an array of dtype {array.dtype}", path)
        if array.ndim > _MAX_RANK:
            raise Refused("depth", f"an array of rank {array.ndim}", path)
        # An empty array may claim any length on its other axes.
        longest = max(array.nbytes + self.size, *array.shape, 0)
        if longest > self.limits.bytes:
            raise Refused("bytes", f"an array of shape {array.shape}", path)
        self.blob(tag, name.encode())
        self.put(_COUNT.pack(array.ndim), *(_LENGTH.pack(n) for n in array.shape))
        self.put(np.ascontiguousarray(array).tobytes())


def encode(
    value: Any,
    limits: Limits = Limits(),  # noqa: B008  (an immutable tuple)
    as_array: Callable[[Any], np.ndarray | None] = lambda value: None,
) -> bytes:
    """Encode one value.

    Args:
        value: the value; only the exact types that the module names.
        limits: caps on depth, items, bytes and text.
        as_array: turns a foreign array (``jax.Array``) into a NumPy array, or returns None.

    Raises:
        Refused: for a value that may not cross, saying where in the value and why.
    """
    encoder = _Encoder(limits, as_array)
    encoder.value(value, 0, "")
    return b"".join(encoder.parts)


def foreign_array(value: Any) -> np.ndarray | None:
    """For :func:`encode` where values are trusted: another library's array (``jax.Array``) travels as one."""
    return np.asarray(value) if hasattr(value, "__array__") else None


# ---------------------------------------------------------------------------------------------- decode


class _Decoder:
    def __init__(
        self,
        data: bytes,
        limits: Limits,
        make_array: Callable[[np.ndarray], Any],
        networks: bool,
    ) -> None:
        self.data, self.limits, self.make_array = memoryview(data), limits, make_array
        self.networks = networks
        self.at = self.items = self.texts = 0

    def take(self, size: int) -> memoryview:
        if size > len(self.data) - self.at:
            raise WireError("the value ends too early")
        chunk = self.data[self.at : self.at + size]
        self.at += size
        return chunk

    def count(self) -> int:
        return _COUNT.unpack(self.take(4))[0]

    def text(self) -> str:
        size = self.count()
        self.texts += size
        if self.texts > self.limits.text:
            raise WireError("too much text")
        try:
            return str(self.take(size), "utf-8", "surrogatepass")
        except UnicodeDecodeError as error:
            raise WireError("a text is not UTF-8") from error

    def children(self) -> range:
        count = self.count()
        if count > self.limits.items - self.items:
            raise WireError("too many items")
        return range(count)

    def value(self, depth: int) -> Any:
        self.items += 1
        if self.items > self.limits.items or depth > self.limits.depth:
            raise WireError("too many items, or nested too deeply")
        tag = bytes(self.take(1))
        if tag == b"N":
            return None
        if tag in b"TF":
            return tag == b"T"
        if tag == b"i":
            size = self.count()
            if size > _MAX_INT_BYTES:
                raise WireError("an integer is too long")
            return int.from_bytes(self.take(size), "little", signed=True)
        if tag == b"f":
            return _FLOAT.unpack(self.take(8))[0]
        if tag == b"s":
            return self.text()
        if tag == b"l":
            return [self.value(depth + 1) for _ in self.children()]
        if tag == b"t":
            return tuple([self.value(depth + 1) for _ in self.children()])
        if tag == b"d":
            return self.mapping(depth)
        if tag == b"h":
            return Handle(self.count())
        if tag == b"n":
            return self.network(depth)
        if tag in b"aj":
            array = self.array()
            return self.make_array(array) if tag == b"j" else array
        raise WireError(f"unknown tag {tag!r}")

    def mapping(self, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for _ in self.children():
            if bytes(self.take(1)) != b"s":
                raise WireError("a dict key is not a text")
            key = self.text()
            if key in result:
                raise WireError("a dict key occurs twice")
            result[key] = self.value(depth + 1)
        return result

    def network(self, depth: int) -> Network:
        if not self.networks:
            raise WireError("a network description, which this side does not take")
        match self.value(depth + 1):
            case [str(factory), tuple(args), dict(kwargs)]:
                return Network(factory, args, kwargs)
        raise WireError("a network description is malformed")

    def array(self) -> np.ndarray:
        dtype = DTYPES.get(str(self.take(self.count()), "ascii", "replace"))
        rank = self.count()
        if dtype is None or rank > _MAX_RANK:
            raise WireError("an array has an unknown dtype or too many axes")
        shape = [_LENGTH.unpack(self.take(8))[0] for _ in range(rank)]
        # An empty array may claim any other axis, so each axis is capped as well as the product.
        if any(n > self.limits.bytes for n in shape):
            raise WireError("an array has too long an axis")
        data = self.take(math.prod(shape) * dtype.itemsize)
        if dtype == np.bool_:  # any other byte than 0 and 1 would make a bool that is neither
            flat = np.frombuffer(data, np.uint8) != 0
            flat.flags.writeable = False
        else:
            flat = np.frombuffer(data, dtype)
        try:
            return flat.reshape(shape)
        except ValueError as error:  # an empty array whose other axes overflow NumPy's index
            raise WireError("an array has an impossible shape") from error


def decode(
    data: bytes,
    limits: Limits = Limits(),  # noqa: B008  (an immutable tuple)
    make_array: Callable[[np.ndarray], Any] = lambda array: array,
    networks: bool = False,
) -> Any:
    """Decode one value; arrays come out read-only.

    Args:
        data: what :func:`encode` made, or anything at all from an untrusted peer.
        limits: caps on depth, items and text; the bytes are there already.
        make_array: what to do with arrays that were foreign (``jax.Array``) on the other side.
        networks: whether a :class:`Network` may occur.  It names code that its receiver runs, so only the
            worker takes one, from the grading process; never the other way round.

    Raises:
        WireError: whenever the bytes are not exactly one well-formed value.
    """
    decoder = _Decoder(data, limits, make_array, networks)
    value = decoder.value(0)
    if decoder.at != len(data):
        raise WireError("bytes after the end of the value")
    return value


# ---------------------------------------------------------------------------------------------- frames


def write_frame(stream: BinaryIO, payload: bytes) -> None:
    """Write one frame and flush."""
    stream.write(_MAGIC + _LENGTH.pack(len(payload)) + payload)
    stream.flush()


def read_frame(stream: BinaryIO, max_bytes: int) -> bytes | None:
    """Read one frame; None at a clean end of the stream.

    Raises:
        WireError: for a wrong header, a frame longer than ``max_bytes`` (before memory is taken for it), or
            a stream that ends inside a frame.
    """
    header = _read_exactly(stream, len(_MAGIC) + _LENGTH.size)
    if not header:
        return None
    if len(header) < len(_MAGIC) + _LENGTH.size or header[:2] != _MAGIC:
        raise WireError("not a frame")
    length = _LENGTH.unpack(header[2:])[0]
    if length > max_bytes:
        raise WireError(f"a frame of {length} bytes, more than the {max_bytes} allowed")
    payload = _read_exactly(stream, length)
    if len(payload) < length:
        raise WireError("the stream ended inside a frame")
    return payload


def _read_exactly(stream: BinaryIO, size: int) -> bytes:
    chunks = []
    while size:
        chunk = stream.read(min(size, 2**20))
        if not chunk:
            break
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)
