"""The names that a PyTorch pickle may use, and the descriptions of tensors that they build.

Building makes no array: a `Tensor` says which numbers of which storage it has, and has been
compared with the size of that storage. Names outside `NAMES` are an error.

Source: `torch._utils` and `torch.storage` of PyTorch 2.13, whose `_rebuild_*` functions these
mirror.
"""

import math
from dataclasses import dataclass, replace
from typing import Any

import ml_dtypes
import numpy as np

from ._errors import UnsafeFileError, UnsupportedFileError, short
from ._inert import Inert, first_inert
from ._pickle_machine import Global
from ._pickle_steps import set_item

STORAGES = {
    "DoubleStorage": np.float64,
    "FloatStorage": np.float32,
    "HalfStorage": np.float16,
    "BFloat16Storage": ml_dtypes.bfloat16,
    "LongStorage": np.int64,
    "IntStorage": np.int32,
    "ShortStorage": np.int16,
    "CharStorage": np.int8,
    "ByteStorage": np.uint8,
    "BoolStorage": np.bool_,
    "ComplexFloatStorage": np.complex64,
    "ComplexDoubleStorage": np.complex128,
}

# PyTorch's name of a type -> NumPy's.
DTYPES = {
    "float64": np.float64,
    "float32": np.float32,
    "float16": np.float16,
    "bfloat16": ml_dtypes.bfloat16,
    "float8_e4m3fn": ml_dtypes.float8_e4m3fn,
    "float8_e4m3fnuz": ml_dtypes.float8_e4m3fnuz,
    "float8_e5m2": ml_dtypes.float8_e5m2,
    "float8_e5m2fnuz": ml_dtypes.float8_e5m2fnuz,
    "int64": np.int64,
    "int32": np.int32,
    "int16": np.int16,
    "int8": np.int8,
    "uint64": np.uint64,
    "uint32": np.uint32,
    "uint16": np.uint16,
    "uint8": np.uint8,
    "bool": np.bool_,
    "complex64": np.complex64,
    "complex128": np.complex128,
}

MAX_RANK = 64  # NumPy's and PyTorch's


@dataclass(frozen=True, slots=True)
class Storage:
    """A run of numbers of one type, kept outside the pickle."""

    key: str
    dtype: np.dtype
    start: int  # in elements, for the views that old files have
    size: int  # in elements
    whole: int  # elements of the storage that a view is a part of


@dataclass(frozen=True, slots=True)
class Tensor:
    """An array as its shape and strides in a storage."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def dtype(self) -> np.dtype:
        return self.storage.dtype

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        return self.size * self.dtype.itemsize

    @property
    def is_contiguous(self) -> bool:
        step = 1
        for n, stride in zip(reversed(self.shape), reversed(self.strides), strict=True):
            if n != 1 and stride != step:
                return False
            step *= n
        return True


def storage_of(identifier: Any) -> Storage | Inert:
    """The storage that a persistent id describes; five fields, and a sixth in legacy files.

    One that names something unknown is as unknown: a type of storage, or the source of a class.
    """
    if type(identifier) is tuple and (unknown := first_inert(identifier)) is not None:
        return unknown
    if type(identifier) is not tuple or len(identifier) not in (5, 6):
        raise UnsafeFileError(
            "a persistent id must be a tuple ('storage', type, key, device, size)"
        )
    tag, kind, key, _, size, *view = (_text(part) for part in identifier)
    if tag != "storage":
        raise UnsafeFileError(
            f"a persistent id asks for {short(tag)}; only a 'storage' can be asked for"
        )
    if type(kind) is not Global or type(kind.meaning) is not _StorageType:
        raise UnsafeFileError("a persistent id must name a storage type of PyTorch")
    if type(key) is not str:
        raise UnsafeFileError("the key of a storage must be a text")
    dtype = kind.meaning.dtype
    whole = _length("the size of a storage", size, dtype)
    if not view or view[0] is None:
        return Storage(key, dtype, 0, whole, whole)
    if type(view[0]) is not tuple or len(view[0]) != 3:
        raise UnsafeFileError("a view of a storage must be (key, offset, size)")
    start = _length("the offset of a view", view[0][1], dtype)
    size = _length("the size of a view", view[0][2], dtype)
    if start + size > whole:
        raise UnsafeFileError(
            f"a view of {size} elements from {start} on reaches outside its storage of {whole}",
            entry=key,
        )
    return Storage(key, dtype, start, size, whole)


def _text(value: Any) -> Any:
    return value.decode("latin-1") if type(value) is bytes else value


def _length(what: str, value: Any, dtype: np.dtype) -> int:
    if type(value) is not int or value < 0 or value * dtype.itemsize >= 2**63:
        raise UnsafeFileError(f"{what} must be a number of elements, got {short(value)}")
    return value


def _sizes(what: str, values: Any) -> tuple[int, ...]:
    if type(values) not in (tuple, list) or len(values) > MAX_RANK:
        raise UnsafeFileError(f"the {what} of a tensor must be at most {MAX_RANK} integers")
    if any(type(n) is not int or not 0 <= n < 2**63 for n in values):
        shown = ", ".join(short(n, 24) for n in values[:8])
        raise UnsafeFileError(f"the {what} of a tensor must not be negative, got ({shown})")
    return tuple(values)


def _tensor(storage: Any, offset: Any, shape: Any, strides: Any, *_: Any) -> Tensor:
    if type(storage) is not Storage:
        raise UnsafeFileError("a tensor must lie in a storage")
    shape, strides = _sizes("shape", shape), _sizes("strides", strides)
    if len(shape) != len(strides):
        raise UnsafeFileError(f"a tensor has {len(shape)} axes but {len(strides)} strides")
    if type(offset) is not int or not 0 <= offset < 2**63:
        raise UnsafeFileError(f"the offset of a tensor must not be negative, got {short(offset)}")
    if math.prod(max(n, 1) for n in shape) * storage.dtype.itemsize >= 2**63:
        raise UnsafeFileError(
            f"the shape {short(str(shape))} has more elements than can be counted"
        )
    last = offset + sum((n - 1) * stride for n, stride in zip(shape, strides, strict=True))
    if 0 not in shape and last >= storage.size:
        raise UnsafeFileError(
            f"a tensor of shape {shape} with strides {strides} and offset {offset} reaches element "
            f"{last} of a storage of {storage.size}"
        )
    return Tensor(storage, offset, shape, strides)


def _tensor_v2(
    storage: Any, offset: Any, shape: Any, strides: Any, grad: Any, hooks: Any, meta: Any = None
) -> Tensor:
    if meta:
        raise UnsupportedFileError("a tensor is stored as a conjugate or negative view")
    return _tensor(storage, offset, shape, strides)


def _tensor_v3(
    storage: Any,
    offset: Any,
    shape: Any,
    strides: Any,
    grad: Any,
    hooks: Any,
    dtype: Any,
    meta: Any = None,
) -> Tensor:
    if type(storage) is not Storage or type(dtype) is not Global:
        raise UnsafeFileError("a tensor must lie in a storage and have a type of PyTorch")
    if not isinstance(dtype.meaning, np.dtype):
        raise UnsafeFileError(f"{short(dtype.name)} is no type of numbers")
    size, rest = divmod(storage.size * storage.dtype.itemsize, dtype.meaning.itemsize)
    if rest or storage.start:
        raise UnsafeFileError(f"a storage is no whole number of {dtype.meaning} elements")
    typed = replace(storage, dtype=dtype.meaning, size=size, whole=size)
    return _tensor_v2(typed, offset, shape, strides, grad, hooks, meta)


def _parameter(data: Any, grad: Any, hooks: Any, state: Any = None) -> Tensor:
    if type(data) is not Tensor:
        raise UnsafeFileError("a parameter must hold a tensor")
    return data


def _from_type(function: Any, kind: Any, arguments: Any, state: Any) -> Tensor:
    """A tensor with attributes; they are dropped."""
    build = function.build if type(function) is Global else None
    if build is None or build not in (_tensor, _tensor_v2, _tensor_v3):
        raise UnsafeFileError(
            "a tensor with attributes must be built by a _rebuild_tensor function"
        )
    if type(kind) is not Global or kind.name not in _TENSOR_TYPES:
        raise UnsupportedFileError("a tensor belongs to a subclass of Tensor")
    return build(*arguments)


def _size(values: Any = ()) -> tuple[int, ...]:
    return _sizes("size", values)


def _dict(items: Any = ()) -> dict[Any, Any]:
    """`OrderedDict()`, or Python 2's `OrderedDict([[key, value], ...])`."""
    result: dict[Any, Any] = {}
    if type(items) not in (list, tuple):
        raise UnsafeFileError("an OrderedDict is made of pairs")
    for pair in items:
        if type(pair) not in (list, tuple) or len(pair) != 2:
            raise UnsafeFileError("an OrderedDict is made of pairs")
        set_item(result, *pair)
    return result


def _default_dict(factory: Any = None) -> dict[Any, Any]:
    """The factory is dropped: nothing is ever looked up here."""
    return {}


def _encode(text: Any, encoding: Any = "latin1") -> bytes:
    """How protocol 2 writes bytes."""
    if type(text) is not str or encoding not in ("latin1", "latin-1"):
        raise UnsafeFileError("_codecs.encode is only for bytes written as latin1")
    return text.encode("latin-1")


class _StorageType:
    def __init__(self, dtype: Any):
        self.dtype = np.dtype(dtype)


_TENSOR_TYPES = ("torch.Tensor", "torch.nn.parameter.Parameter")


def _names() -> dict[tuple[str, str], Global]:
    functions = {
        ("collections", "OrderedDict"): _dict,
        ("collections", "defaultdict"): _default_dict,
        ("_codecs", "encode"): _encode,
        ("torch", "Size"): _size,
        ("torch", "device"): lambda *_: None,
        ("torch._utils", "_rebuild_tensor"): _tensor,
        ("torch._utils", "_rebuild_tensor_v2"): _tensor_v2,
        ("torch._utils", "_rebuild_tensor_v3"): _tensor_v3,
        ("torch._utils", "_rebuild_parameter"): _parameter,
        ("torch._utils", "_rebuild_parameter_with_state"): _parameter,
        ("torch._tensor", "_rebuild_from_type_v2"): _from_type,
    }
    names = {key: Global(".".join(key), build) for key, build in functions.items()}
    meanings: dict[tuple[str, str], Any] = {
        ("torch", name): _StorageType(dtype) for name, dtype in STORAGES.items()
    }
    meanings[("torch.storage", "UntypedStorage")] = _StorageType(np.uint8)
    meanings |= {("torch", name): np.dtype(dtype) for name, dtype in DTYPES.items()}
    meanings |= {("torch", "Tensor"): None, ("torch.nn.parameter", "Parameter"): None}
    for module in ("builtins", "__builtin__"):
        meanings |= {(module, name): None for name in ("dict", "list", "int", "float")}
    return names | {key: Global(".".join(key), meaning=m) for key, m in meanings.items()}


NAMES = _names()
