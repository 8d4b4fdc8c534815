"""Weights from a file of any known format."""

import os
import stat
from pathlib import Path

import numpy as np

from ._errors import NonFiniteError, UnknownFormatError, UnsupportedFileError, WeightFileError
from ._hdf5 import MARK as HDF5_MARK
from ._keras import read_keras
from ._limits import Budget
from ._onnx import read_onnx, starts_like_onnx
from ._safetensors import MAX_HEADER, read_safetensors, read_safetensors_metadata
from ._source import Source
from ._torch_read import is_legacy, read_archive, read_legacy
from ._zip import Archive

_KERAS_WEIGHTS = "model.weights.h5"

# What people also have; position, bytes, what it is.
_KNOWN_OTHERS = (
    (
        0,
        b"version https://git-lfs",
        "is a pointer of Git LFS; fetch the file itself with git lfs pull",
    ),
    (0, b"\x1f\x8b", "is compressed with gzip; unpack it first"),
    (0, b"\x93NUMPY", "is a NumPy array; read it with numpy.load(path, allow_pickle=False)"),
    (0, b"GGUF", "is a GGUF file of llama.cpp"),
    (4, b"TFL3", "is a TensorFlow Lite model"),
    (
        257,
        b"ustar",
        "is a tar archive, as PyTorch wrote before version 0.1.10, or a TensorFlow one",
    ),
)
_FORMATS = "PyTorch (.pth, .pt), safetensors, Keras (.h5, .keras), ONNX"


def read_weights(
    path: str | os.PathLike[str],
    *,
    entry: str | None = None,
    check_finite: bool = True,
    max_bytes: int | None = None,
) -> dict[str, np.ndarray]:
    """Reads the arrays of a file of weights; nothing in the file is executed.

    The format is found from the content: PyTorch's `.pth` (ZIP and legacy), `.safetensors`, Keras'
    `.h5` and `.keras`, the initialisers of ONNX. None of the libraries that wrote these is needed.
    A pickle is interpreted as data with a list of allowed names; sizes are compared with the file
    before memory is taken.

    Args:
        path: The file.
        entry: For a PyTorch checkpoint: the entry with the weights. By default `state_dict` or
            `model_state_dict` where the file has one, otherwise everything, with names joined by
            dots.
        check_finite: Whether NaN and infinity are an error. Some files hold minus infinity on
            purpose, in masks.
        max_bytes: Most that the arrays may take; by default eight times the file and a MiB, which
            only arrays that share their numbers can reach.

    Returns:
        Name -> array, with the names, layouts and types of the file, in its order. Optimizer state
        of Keras, and what is no array, are left out. The arrays share no memory.

    Raises:
        WeightFileError: The format is unknown, the file damaged or unsafe, or a value not finite;
            the message says file, entry and rule.
        OSError: The file cannot be opened.

    >>> write_torch(folder / "a.pth", {"conv.weight": np.ones((1, 2), np.float32)})
    >>> read_weights(folder / "a.pth")
    {'conv.weight': array([[1., 1.]], dtype=float32)}
    """
    if max_bytes is not None and max_bytes < 0:
        raise ValueError(f"max_bytes (={max_bytes}) must not be negative")
    try:
        with _open(path) as file:
            source = Source(file, os.fstat(file.fileno()).st_size)
            arrays = _arrays(source, entry, Budget(source.size, max_bytes))
        if check_finite:
            _check_finite(arrays)
    except WeightFileError as error:
        error.path = path
        raise
    return arrays


def read_metadata(path: str | os.PathLike[str]) -> dict[str, str]:
    """Reads the texts beside the arrays of a `.safetensors` file; the arrays are not read.

    Args:
        path: The file.

    Returns:
        Key -> text; empty when the file has none.

    Raises:
        WeightFileError: The file is no sound safetensors file.
        OSError: The file cannot be opened.

    >>> write_safetensors(folder / "a.safetensors", {}, {"classes": "cat dog"})
    >>> read_metadata(folder / "a.safetensors")
    {'classes': 'cat dog'}
    """
    try:
        with _open(path) as file:
            source = Source(file, os.fstat(file.fileno()).st_size)
            if not _is_safetensors(source.read(0, min(source.size, 9))):
                raise UnknownFormatError("is no safetensors file")
            return read_safetensors_metadata(source)
    except WeightFileError as error:
        error.path = path
        raise


def _open(path: str | os.PathLike[str]):
    mode = os.stat(path).st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(f"path (={os.fspath(path)!r}) must be a file, but is a folder")
    if not stat.S_ISREG(mode):
        raise UnknownFormatError("is no regular file, but a device or pipe", path=path)
    return Path(path).open("rb")


def _arrays(source: Source, entry: str | None, budget: Budget) -> dict[str, np.ndarray]:
    head = source.read(0, min(source.size, 512))
    if head[:4] in (b"PK\3\4", b"PK\5\6"):
        return _from_archive(Archive(source), entry, budget)
    is_safetensors = _is_safetensors(head[:9])  # first: such a file may begin like a pickle
    if head[:1] == b"\x80" and not is_safetensors and is_legacy(source):
        return read_legacy(source, entry, budget)
    if entry is not None:
        raise UnsupportedFileError(f"has no entry {entry!r}: only PyTorch checkpoints have entries")
    if is_safetensors:
        return read_safetensors(source, budget)
    if head[:8] == HDF5_MARK:
        return read_keras(source, budget)
    if starts_like_onnx(head):
        return read_onnx(memoryview(source.read(0, source.size)), budget)
    raise _unknown(head)


def _from_archive(archive: Archive, entry: str | None, budget: Budget) -> dict[str, np.ndarray]:
    roots = [name[: -len("/data.pkl")] for name in archive.entries if name.endswith("/data.pkl")]
    roots = [root for root in roots if "/" not in root]
    if len(roots) == 1:
        return read_archive(archive, roots[0], entry, budget)
    if _KERAS_WEIGHTS in archive.entries:
        if entry is not None:
            raise UnsupportedFileError(
                f"has no entry {entry!r}: only PyTorch checkpoints have some"
            )
        return read_keras(Source.of_bytes(bytes(archive.array(_KERAS_WEIGHTS))), budget)
    raise UnknownFormatError(
        "is a ZIP archive with neither the data.pkl of PyTorch nor the model.weights.h5 of Keras"
    )


def _is_safetensors(head: bytes) -> bool:
    length = int.from_bytes(head[:8], "little")
    return len(head) == 9 and head[8:] == b"{" and 2 <= length <= MAX_HEADER


def _unknown(head: bytes) -> WeightFileError:
    if not head:
        return UnknownFormatError("is empty")
    for start, mark, what in _KNOWN_OTHERS:
        if head[start : start + len(mark)] == mark:
            return UnsupportedFileError(what)
    if head.lstrip()[:5].lower() in (b"<!doc", b"<html", b"<?xml"):
        return UnknownFormatError("is a web page, not weights: the download went wrong")
    return UnknownFormatError(f"is of no format that is read here: {_FORMATS}")


def _check_finite(arrays: dict[str, np.ndarray]) -> None:
    for name, array in arrays.items():
        if array.dtype.kind in "iub":
            continue
        finite = np.isfinite(array)
        if not finite.all():
            raise NonFiniteError(
                f"holds {array.size - np.count_nonzero(finite)} of {array.size} values that are "
                "NaN or infinite; check_finite=False reads them",
                entry=name,
            )
