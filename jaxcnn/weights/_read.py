"""Weights from a file of any known format."""

import os
import stat
from pathlib import Path

import numpy as np

from ._contents import Contents
from ._errors import (
    DamagedFileError,
    NonFiniteError,
    UnknownFormatError,
    UnsupportedFileError,
    WeightFileError,
)
from ._hdf5 import MARK as HDF5_MARK
from ._keras import ARCHIVED, read_keras, read_keras_archive
from ._limits import Budget
from ._onnx import (
    is_onnx_without_version,
    read_onnx,
    starts_like_onnx,
    starts_like_onnx_without_version,
)
from ._safetensors import MAX_HEADER, read_safetensors, read_safetensors_metadata
from ._shards import index_of, is_index, shard_note, shards
from ._source import Source
from ._torch_read import is_legacy, read_archive, read_legacy
from ._zip import Archive

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
    `.h5` and `.keras`, the initialisers of ONNX. PyTorch and Keras need not be installed; h5py and
    onnx must be for their files (``pip install 'jaxcnn[pretrained]'``).
    A pickle is interpreted as data with a list of allowed names; what else lies beside the weights,
    such as training options, is passed over, never made. Sizes are compared with the file before
    memory is taken.

    Args:
        path: The file; for weights in several files their index, or the folder that has it.
        entry: For a PyTorch checkpoint: the entry with the weights. By default the first of
            ``state_dict``, ``model_state_dict``, ``model``, ``net``... that holds tensors, running
            averages (``ema``) last; otherwise everything, with names joined by dots.
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
        MissingPackageError: A package that the format needs is not installed.
        OSError: The file cannot be opened.

    >>> write_torch(folder / "a.pth", {"conv.weight": np.ones((1, 2), np.float32)})
    >>> read_weights(folder / "a.pth")
    {'conv.weight': array([[1., 1.]], dtype=float32)}
    """
    return read_contents(path, entry, check_finite, max_bytes).arrays


def read_contents(
    path: str | os.PathLike[str],
    entry: str | None = None,
    check_finite: bool = True,
    max_bytes: int | None = None,
) -> Contents:
    """The arrays, and what else the file says about them; arguments as `read_weights`."""
    if max_bytes is not None and max_bytes < 0:
        raise ValueError(f"max_bytes (={max_bytes}) must not be negative")
    if (index := _index(Path(path))) is not None:
        return _sharded(index, entry, check_finite, max_bytes)
    try:
        with _open(path) as file:
            source = Source(file, os.fstat(file.fileno()).st_size)
            contents = _contents(source, entry, Budget(source.size, max_bytes))
        if note := shard_note(Path(path)):
            contents.notes.append(note)
        if check_finite:
            _check_finite(contents.arrays)
    except WeightFileError as error:
        error.path = path
        raise
    return contents


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
            return read_safetensors_metadata(path)
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


def _index(path: Path) -> Path | None:
    if path.is_dir():
        return index_of(path)
    return path if is_index(path) else None


def _sharded(index: Path, entry: str | None, check_finite: bool, max_bytes: int | None) -> Contents:
    """The arrays of all files of an index."""
    result = Contents({})
    for path, names in shards(index).items():
        left = (
            None if max_bytes is None else max_bytes - sum(a.nbytes for a in result.arrays.values())
        )
        part = read_contents(path, entry, check_finite, left if left is None else max(0, left))
        if missing := names - part.arrays.keys():
            raise DamagedFileError(
                f"lacks {min(missing)!r}, which {index.name!r} says it has", path=path
            )
        result.arrays |= {name: part.arrays[name] for name in part.arrays if name in names}
    return result


def _contents(source: Source, entry: str | None, budget: Budget) -> Contents:
    head = source.read(0, min(source.size, 512))
    if head[:4] in (b"PK\3\4", b"PK\5\6"):
        return _from_archive(Archive(source), entry, budget)
    is_safetensors = _is_safetensors(head[:9])  # first: such a file may begin like a pickle
    if head[:1] == b"\x80" and not is_safetensors and is_legacy(source):
        return read_legacy(source, entry, budget)
    _check_no_entry(entry)
    if is_safetensors:
        return Contents(read_safetensors(source.read(0, source.size), budget))
    if head[:8] == HDF5_MARK:
        return read_keras(source, budget)
    if starts_like_onnx(head):
        return Contents(read_onnx(source.read(0, source.size), budget))
    if starts_like_onnx_without_version(head, source.size) and is_onnx_without_version(
        source.read(0, source.size)
    ):
        raise UnsupportedFileError(
            "is an ONNX model without ir_version, which every reader needs: set it with the package "
            "onnx, model.ir_version = onnx.IR_VERSION, and save the model again"
        )
    raise _unknown(head)


def _from_archive(archive: Archive, entry: str | None, budget: Budget) -> Contents:
    roots = [name[: -len("/data.pkl")] for name in archive.entries if name.endswith("/data.pkl")]
    roots = [root for root in roots if "/" not in root]
    if len(roots) == 1:
        return read_archive(archive, roots[0], entry, budget)
    if ARCHIVED in archive.entries:
        _check_no_entry(entry)
        return read_keras_archive(archive, budget)
    raise UnknownFormatError(
        "is a ZIP archive with neither the data.pkl of PyTorch nor the model.weights.h5 of Keras"
    )


def _check_no_entry(entry: str | None) -> None:
    if entry is not None:
        raise UnsupportedFileError(f"has no entry {entry!r}: only PyTorch checkpoints have entries")


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
