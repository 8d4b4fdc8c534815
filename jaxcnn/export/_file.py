"""The file of an exported model.

A zip archive whose entries are stored as they are, in this order::

    mimetype        application/x-jaxcnn, which makes the file's first bytes its magic number
    metadata.json   see `Metadata`
    program         what jax.export serialises: StableHLO, without weights
    weights/NAME    one for each array: its numbers, little-endian, channels fastest

The weights lie beside the program because of what they cost inside it, as constants. For VGG16 on a
CPU, by `benchmarks/export_weights.py` with JAX 0.10 and 0.12: writing takes 12 times as long, the way
from the file to the first image's scores 9 times as long and 4 times the memory, and every further
batch size is compiled 13 times as slowly. The file is as large either way.

Nothing in the file is unpickled. The program is compiled and run, so trust its author as you would
the author of a Python module.
"""

import math
import zipfile
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import jax.export
import jax.numpy as jnp
import msgspec
import numpy as np

from jaxcnn._files import replacing

from ._metadata import Metadata, Weight, as_sizes

_MIMETYPE = b"application/x-jaxcnn"
_FORMATS = (1, 2)
_CHUNK = 1 << 20
_ALIGNMENT = 64  # of a buffer that JAX takes over without copying it
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same model gives the same file


class ArtifactError(ValueError):
    """A file is no exported model, is damaged, or is newer than this library.

    >>> from pathlib import Path
    >>> Path("notes.jaxcnn").write_text("Buy milk.")
    9
    >>> from jaxcnn.export import load
    >>> try:
    ...     load("notes.jaxcnn")
    ... except ArtifactError as error:
    ...     print(error)
    path (=notes.jaxcnn) must be an exported model: it is no zip archive, or it is cut short
    """


def write(path: Path, program: Any, weights: Sequence[Any], metadata: Metadata) -> None:
    """Writes the file, whole or not at all; see `ExportedModel.save`."""
    with replacing(path) as stream, zipfile.ZipFile(stream, "w") as archive:
        _write(archive, "mimetype", _MIMETYPE)
        _write(archive, "metadata.json", msgspec.json.encode(metadata))
        _write(archive, "program", program.serialize())
        for weight, array in zip(metadata.weights, weights, strict=True):
            numbers = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
            _write(archive, f"weights/{weight.name}", numbers.data)


def is_exported(path: str | PathLike[str]) -> bool:
    """Whether a file was written by `write`, as far as its first bytes say."""
    with open(path, "rb") as stream:
        return _MIMETYPE in stream.read(128)


def read(path: Path) -> tuple[Any, tuple[np.ndarray, ...], Metadata]:
    """Reads a program, its weights, and what is known about both.

    Raises:
        ArtifactError: The file is none, damaged, or of another version.
        OSError: It cannot be opened.
    """
    with path.open("rb") as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                return _read(archive, path)
        except zipfile.BadZipFile as error:
            damaged = "CRC" in str(error)
            why = f"damaged: {error}" if damaged else "it is no zip archive, or it is cut short"
            raise _refused(path, why) from error
        except (KeyError, EOFError, NotImplementedError, RuntimeError) as error:
            raise _refused(path, f"damaged: {error}") from error


def _read(archive: zipfile.ZipFile, path: Path) -> tuple[Any, tuple[np.ndarray, ...], Metadata]:
    entries = archive.infolist()
    if not entries or entries[0].filename != "mimetype" or archive.read("mimetype") != _MIMETYPE:
        raise _refused(path, f"its first entry is no mimetype of {_MIMETYPE.decode()}")
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise _refused(path, "it was compressed by another program")
    metadata = _read_metadata(archive.read("metadata.json"), path)
    try:
        program = jax.export.deserialize(bytearray(archive.read("program")))
        program.mlir_module()  # parsed now: else a newer JAX's program fails when it is first run
    except zipfile.BadZipFile:
        raise
    except Exception as error:  # whatever a version of JAX makes of another version's bytes
        made = ", ".join(f"{name} {version}" for name, version in metadata.versions.items())
        why = f"jax {jax.__version__} cannot read the program, made with {made}: {error}"
        raise _refused(path, why) from error
    _check_alike(program, metadata, path)
    weights = tuple(_read_weight(archive, weight, path) for weight in metadata.weights)
    return program, weights, metadata


def _read_metadata(data: bytes, path: Path) -> Metadata:
    try:
        version = msgspec.json.decode(data, type=dict[str, Any]).get("format")
        if version not in _FORMATS:
            known = " and ".join(map(str, _FORMATS))
            raise _refused(path, f"its format is {version!r}, and this jaxcnn reads {known}")
        return msgspec.json.decode(data, type=Metadata)
    except msgspec.MsgspecError as error:
        raise _refused(path, f"its metadata is damaged: {error}") from error


def _check_alike(program: jax.export.Exported, metadata: Metadata, path: Path) -> None:
    """What is listed beside a program must be what it takes and gives."""
    *weights, images = ((as_sizes(aval.shape), str(aval.dtype)) for aval in program.in_avals)
    (scores,) = ((as_sizes(aval.shape), str(aval.dtype)) for aval in program.out_avals)
    for what, taken, listed in (
        ("weights", weights, [(weight.shape, weight.dtype) for weight in metadata.weights]),
        ("images", images, (metadata.input_shape, metadata.dtype)),
        ("scores", scores, (metadata.output_shape, metadata.output_dtype)),
        ("platforms", program.platforms, metadata.platforms),
    ):
        if taken != listed:
            raise _refused(path, f"its program has other {what} than are listed")


def _read_weight(archive: zipfile.ZipFile, weight: Weight, path: Path) -> np.ndarray:
    """Reads into memory that JAX can use as it is, so that loading does not need it twice."""
    dtype = jnp.dtype(weight.dtype)
    size = math.prod(weight.shape) * dtype.itemsize
    entry = archive.getinfo(f"weights/{weight.name}")
    if entry.file_size != size or entry.compress_size != size:
        raise _refused(path, f"{weight.name} has {entry.file_size} bytes instead of {size}")
    with archive.open(entry) as stream:
        return _aligned(stream, size).view(dtype).reshape(weight.shape)


def _aligned(stream: IO[bytes], size: int) -> np.ndarray:
    room = np.empty(size + _ALIGNMENT, np.uint8)
    start = -room.ctypes.data % _ALIGNMENT
    numbers = room[start : start + size]
    position = 0
    while piece := stream.read(_CHUNK):
        numbers[position : position + len(piece)] = np.frombuffer(piece, np.uint8)
        position += len(piece)
    if position != size:
        raise EOFError(f"the file ends {size - position} bytes early")
    return numbers


def _write(archive: zipfile.ZipFile, name: str, content: Any) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    with cast(BinaryIO, archive.open(entry, "w", force_zip64=len(content) >= 1 << 30)) as stream:
        for start in range(0, len(content), _CHUNK):
            stream.write(content[start : start + _CHUNK])


def _refused(path: str | PathLike[str], why: str) -> ArtifactError:
    return ArtifactError(f"path (={path}) must be an exported model: {why}")
