"""The binary version of CIFAR-10: records of one label and 3072 bytes, colour plane by plane.

Source: A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, 2009, and the page of
the data set.
"""

import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ._errors import DataFileError

SIDE = 32
RECORD = 1 + 3 * SIDE**2
FILES = {
    "train": tuple(f"data_batch_{number}.bin" for number in range(1, 6)),
    "test": ("test_batch.bin",),
}
_LARGEST = 10**5 * RECORD  # the official files have a tenth of this


def read_cifar(path: Path, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Reads images (number, 32, 32, 3) as bytes, and labels (number,).

    Args:
        path: The archive, or a folder of its `.bin` files.
        split: "train" or "test".

    Raises:
        DataFileError: A file is missing, cut short or damaged.
    """
    found = dict(_contents(path, FILES[split]))
    missing = [name for name in FILES[split] if name not in found]
    if missing:
        raise DataFileError(f"must hold {', '.join(missing)}", path=path)
    records = np.concatenate([found[name] for name in FILES[split]])
    planes = records[:, 1:].reshape(-1, 3, SIDE, SIDE)
    return np.ascontiguousarray(planes.transpose(0, 2, 3, 1)), records[:, 0]


def _contents(path: Path, names: tuple[str, ...]) -> Iterator[tuple[str, np.ndarray]]:
    if path.is_dir():
        for folder in (path, path / "cifar-10-batches-bin"):
            for name in names:
                if (folder / name).is_file():
                    file = folder / name
                    with file.open("rb") as stream:
                        yield name, _records(stream, file.stat().st_size, file)
        return
    try:
        with tarfile.open(path, "r|*") as archive:
            for member in archive:  # in the archive's order, nothing is written to the disk
                name = member.name.rpartition("/")[2]
                if member.isfile() and name in names:
                    yield name, _records(archive.extractfile(member), member.size, f"{path}/{name}")
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise DataFileError(f"is cut short or damaged ({error})", path=path) from error


def _records(stream: Any, size: int, path: Any) -> np.ndarray:
    if size == 0 or size % RECORD or size > _LARGEST:
        raise DataFileError(
            f"has {size} bytes, but must hold whole records of {RECORD} bytes, at most "
            f"{_LARGEST // RECORD}",
            path=path,
        )
    content = stream.read(size)
    if len(content) != size:
        raise DataFileError(f"is cut short: {len(content)} bytes of {size}", path=path)
    return np.frombuffer(content, np.uint8).reshape(-1, RECORD)
