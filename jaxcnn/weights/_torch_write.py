"""A `.pth` file that PyTorch loads, written without PyTorch.

Source: `torch.serialization._save` and `torch._utils` of PyTorch 2.13.
"""

import os
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from jaxcnn._files import replacing

from ._safetensors import little_endian_bytes
from ._tensors import DTYPES, STORAGES

_ALIGNMENT = 64  # lets torch.load(mmap=True) use the numbers in place
_LOCAL_HEADER = 30
_STORAGE_OF = {np.dtype(dtype): name for name, dtype in STORAGES.items()}
_TYPE_OF = {np.dtype(dtype): name for name, dtype in DTYPES.items()}


def write_torch(path: str | os.PathLike[str], arrays: Mapping[str, Any]) -> None:
    """Writes arrays as a state dict that `torch.load(path, weights_only=True)` reads.

    The file appears whole or not at all: it is written beside `path` and renamed. Equal arrays give
    equal bytes.

    Args:
        path: The file; one that exists is replaced.
        arrays: Name -> array of any shape, of NumPy or JAX. Names and layouts are written as given.

    Raises:
        ValueError: A name is no text, or an array has a type that PyTorch lacks.
        OSError: The file cannot be written; what was there before is untouched.

    Source: the ZIP format of `torch.save`, PyTorch 1.6 and later.

    >>> write_torch(folder / "a.pth", {"bias": np.zeros(3)})
    >>> read_weights(folder / "a.pth")
    {'bias': array([0., 0., 0.])}
    """
    named: dict[str, np.ndarray] = {}
    for name, array in arrays.items():
        if type(name) is not str:
            raise ValueError(f"arrays has the name {name!r}, but names must be texts")
        named[name] = array = np.asarray(array)
        if array.dtype.newbyteorder("=") not in _TYPE_OF:
            types = ", ".join(map(str, _TYPE_OF))
            raise ValueError(
                f"arrays[{name!r}] has type {array.dtype}, but must have one of {types}"
            )
    with replacing(Path(path)) as file:
        _write(file, named)


def _write(file: BinaryIO, arrays: Mapping[str, np.ndarray]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, "data.pkl", state_dict_pickle(arrays))
        _add(archive, ".format_version", b"1")
        _add(archive, ".storage_alignment", b"%d" % _ALIGNMENT)
        _add(archive, "byteorder", b"little")
        for k, array in enumerate(arrays.values()):
            _add(archive, f"data/{k}", little_endian_bytes(array))
        _add(archive, "version", b"3\n")


def _add(archive: zipfile.ZipFile, name: str, data: bytes | memoryview) -> None:
    info = zipfile.ZipInfo(f"archive/{name}")
    begin = archive.fp.tell() + _LOCAL_HEADER + len(info.filename)  # type: ignore[union-attr]
    padding = -(begin + 4) % _ALIGNMENT
    info.extra = struct.pack("<2sH", b"FB", padding) + b"Z" * padding
    archive.writestr(info, data)  # type: ignore[arg-type]


def state_dict_pickle(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The pickle of an OrderedDict of tensors, whose numbers lie outside under 0, 1, 2..."""
    items = b"".join(
        _text(name) + _tensor(str(k), array) for k, (name, array) in enumerate(arrays.items())
    )
    return b"\x80\x02" + _call("collections", "OrderedDict", b")") + b"(" + items + b"u."


def _tensor(key: str, array: np.ndarray) -> bytes:
    """A call of `_rebuild_tensor_v2`, or of `_v3` for types that have no storage type."""
    dtype = array.dtype.newbyteorder("=")
    strides = np.cumprod((1, *array.shape[:0:-1]), dtype=object)[::-1] if array.ndim else ()
    kind = _STORAGE_OF.get(dtype)
    storage = ("torch", kind) if kind else ("torch.storage", "UntypedStorage")
    numbers = array.size if kind else array.nbytes
    identifier = _text("storage") + _name(*storage) + _text(key) + _text("cpu") + _int(numbers)
    arguments = b"(" + identifier + b"tQ" + _int(0) + _ints(array.shape) + _ints(strides) + b"\x89"
    arguments += _call("collections", "OrderedDict", b")")
    if kind:
        return _call("torch._utils", "_rebuild_tensor_v2", b"(" + arguments + b"t")
    arguments += _name("torch", _TYPE_OF[dtype])
    return _call("torch._utils", "_rebuild_tensor_v3", b"(" + arguments + b"t")


def _call(module: str, name: str, arguments: bytes) -> bytes:
    return _name(module, name) + arguments + b"R"


def _name(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def _text(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(data)) + data


def _int(value: int) -> bytes:
    if 0 <= value < 2**31:
        return b"J" + struct.pack("<i", value)
    return b"\x8a\x08" + struct.pack("<q", value)


def _ints(values: Any) -> bytes:
    return b"(" + b"".join(_int(int(value)) for value in values) + b"t"
