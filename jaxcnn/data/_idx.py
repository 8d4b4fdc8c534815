"""The IDX format of MNIST: a header of big-endian sizes, then bytes.

Source: Y. LeCun, C. Cortes, C. Burges, *The MNIST database of handwritten digits*, "file formats".
"""

import gzip
import hashlib
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ._errors import DataFileError

_LARGEST = 2**31  # bytes: ten times the largest set in this format
_CHUNK = 2**20
_BYTES = 0x08
SPLITS = {"train": "train", "test": "t10k"}


def find_idx(folder: Path, name: str) -> Path:
    """The file of that name, packed or not; also with a dot, as some programs unpack it.

    Raises:
        DataFileError: There is none.
    """
    dotted = name.replace("-idx", ".idx")
    for candidate in (name, f"{name}.gz", dotted, f"{dotted}.gz"):
        if (folder / candidate).is_file():
            return folder / candidate
    raise DataFileError(f"must hold the file {name}.gz", path=folder)


def is_idx_folder(folder: Path) -> bool:
    """Whether a folder holds images in this format."""
    return any(folder.glob("*-images[-.]idx3-ubyte*"))


def read_idx(path: Path, rank: int, sha256: str = "") -> np.ndarray:
    """Reads a file of bytes; memory is taken as bytes come, never for what the header says.

    Args:
        path: The file, packed by gzip or not.
        rank: Axes that it must have: 1 for labels, 3 for images.
        sha256: Of the unpacked content; not checked if empty.

    Returns:
        A read-only array of bytes.

    Raises:
        DataFileError: It is cut short, longer than its header says, damaged, or another file.
    """
    content, shape = _content(path, rank)
    if sha256 and hashlib.sha256(content).hexdigest() != sha256:
        raise DataFileError(
            f"has the SHA-256 {hashlib.sha256(content).hexdigest()} once unpacked, not {sha256}: it "
            "is not the published file",
            path=path,
        )
    return np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)


def read_idx_set(
    folder: Path, split: str, sums: dict[str, str] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Reads images (number, height, width, 1) and labels (number,) of a split.

    Raises:
        DataFileError: As `read_idx`; or there are not as many labels as images, or none.
    """
    prefix, sums = SPLITS[split], sums or {}
    arrays: list[np.ndarray] = []
    for kind, rank in (("images", 3), ("labels", 1)):
        name = f"{prefix}-{kind}-idx{rank}-ubyte"
        arrays.append(read_idx(find_idx(folder, name), rank, sums.get(name, "")))
    images, labels = arrays
    if len(images) != len(labels) or not len(images):
        raise DataFileError(
            f"has {len(images)} images and {len(labels)} labels in split {split!r}, but there must "
            "be one label for each image, and one at least",
            path=folder,
        )
    return images[..., None], labels


def check_labels(labels: np.ndarray, class_names: Sequence[str], path: Any) -> np.ndarray:
    """Returns the labels as int32.

    Raises:
        DataFileError: One of them is no index into the class names.
    """
    wrong = np.flatnonzero((labels < 0) | (labels >= len(class_names)))
    if len(wrong):
        raise DataFileError(
            f"label {labels[wrong[0]]} of example {wrong[0]} must be below {len(class_names)}, the "
            f"number of classes ({len(wrong)} labels are not)",
            path=path,
        )
    return labels.astype(np.int32)


def _content(path: Path, rank: int) -> tuple[bytes, tuple[int, ...]]:
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            stream: Any = gzip.open(raw) if packed else raw
            return _bounded(stream, path, rank)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataFileError(f"is cut short or damaged ({error})", path=path) from error


def _bounded(stream: Any, path: Path, rank: int) -> tuple[bytes, tuple[int, ...]]:
    header = stream.read(4 + 4 * rank)
    if len(header) < 4 + 4 * rank or header[:4] != bytes((0, 0, _BYTES, rank)):
        raise DataFileError(f"does not begin as an IDX file of bytes with {rank} axes", path=path)
    shape = tuple(int(n) for n in np.frombuffer(header, ">u4", offset=4))
    expected = 1
    for length in shape:
        expected *= length  # Python's integers: a product of 32-bit lengths may not fit 64 bits
    if expected > _LARGEST:
        raise DataFileError(f"says that its shape is {shape}, more than is read", path=path)
    content = bytearray(header)
    while chunk := stream.read(min(_CHUNK, len(header) + expected + 1 - len(content))):
        content += chunk
    found = len(content) - len(header)
    if found != expected:
        more = "more" if found > expected else f"{found}"
        raise DataFileError(
            f"says that its shape is {shape}, which is {expected} bytes, but {more} follow",
            path=path,
        )
    return bytes(content), shape
