"""HDF5 files, read by h5py in a process of its own: `_hdf5_child`.

A damaged file can make HDF5's library crash or never come back; here that is an error. The other
process may use so much memory and so many seconds of CPU time, in proportion to the file.
"""

import importlib.util
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import ml_dtypes
import numpy as np

from ._errors import (
    DamagedFileError,
    MissingPackageError,
    UnsafeFileError,
    UnsupportedFileError,
    WeightFileError,
    short,
)
from ._hdf5_child import ARRAY, JSON
from ._limits import Budget
from ._source import Source

MARK = b"\x89HDF\r\n\x1a\n"
_CHILD = Path(__file__).with_name("_hdf5_child.py")
_SPARE_MEMORY = 2**30
_SECONDS = 30
_BYTES_PER_SECOND = 2**23
_PATIENCE = 10  # seconds on the clock for each of the CPU's: a machine may be busy
_LARGEST_HEADER = 2**28
_KINDS = {"unsafe": UnsafeFileError, "unsupported": UnsupportedFileError}


@dataclass
class Hdf5:
    """What lies in a file of weights.

    Attributes:
        arrays: Path -> array, in the order of HDF5, which is alphabetical.
        attributes: Path of a group, "" for the top -> name -> texts, of those that Keras writes.
        is_legacy: Whether the layers' order stands in attributes.
    """

    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    attributes: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    is_legacy: bool = False


def read_hdf5(source: Source, start: int, size: int, budget: Budget) -> Hdf5:
    """Reads the file that lies at `start`; optimizer state and all outside `model_weights` is left.

    Raises:
        MissingPackageError: h5py is not installed.
        WeightFileError: The file is damaged, or holds what weights never need.
    """
    seconds = _SECONDS + size // _BYTES_PER_SECOND
    order = {
        "start": start,
        "size": size,
        "memory": _SPARE_MEMORY + 2 * budget.limit,
        "seconds": seconds,
        "packages": _package_folders(),
    }
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    environment.pop("HDF5_PLUGIN_PATH", None)
    try:
        child = subprocess.Popen(
            [sys.executable, "-I", str(_CHILD), json.dumps(order)],
            stdin=source.file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
    except OSError as error:
        raise UnsupportedFileError(
            f"is HDF5, which is read in a process of its own, and none can be started: {error}"
        ) from error
    timer = threading.Timer(seconds * _PATIENCE, child.kill)
    timer.daemon = True
    timer.start()
    try:
        assert child.stdout is not None
        found = _received(child.stdout, budget)
    except WeightFileError:
        raise
    except (EOFError, ValueError, KeyError, TypeError) as error:
        child.kill()
        raise DamagedFileError(_end(child.wait(), seconds)) from error
    finally:
        timer.cancel()
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()
    return found


def _received(pipe: IO[bytes], budget: Budget) -> Hdf5:
    if _exactly(pipe, 1) != JSON:
        raise ValueError("no header")
    header = _json(pipe)
    found = Hdf5(attributes=header["attributes"], is_legacy=header["legacy"])
    for part in header["datasets"]:
        budget.spend(part["size"], part["name"])
    for part in header["datasets"]:
        if _exactly(pipe, 1) != ARRAY:
            _json(pipe)
            raise ValueError("no array")
        found.arrays[part["name"]] = _array(pipe, part)
    return found


def _json(pipe: IO[bytes]) -> dict[str, Any]:
    """What the other process says, unless it is that something is wrong."""
    length = int.from_bytes(_exactly(pipe, 8), "little")
    if length > _LARGEST_HEADER:
        raise ValueError("the header is too long")
    said = json.loads(_exactly(pipe, length))
    if "refused" in said:
        kind, rule, entry = said["refused"]
        raise _KINDS.get(kind, DamagedFileError)(_line(rule), entry=entry)
    return said


def _array(pipe: IO[bytes], part: dict[str, Any]) -> np.ndarray:
    dtype = np.dtype(ml_dtypes.bfloat16 if part["dtype"] == "bfloat16" else part["dtype"])
    array = np.empty(part["shape"], dtype)
    view, done = array.reshape(-1).view(np.uint8).data, 0
    while done < array.nbytes:
        got = pipe.readinto(view[done:])  # type: ignore[attr-defined]
        if not got:
            raise EOFError
        done += got
    return array


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    data = pipe.read(count)
    if len(data) != count:
        raise EOFError
    return data


def _end(status: int, seconds: int) -> str:
    return (
        f"cannot be read: HDF5's own library crashed, or did not come back within {seconds} seconds "
        f"of CPU time (it ended with {status})"
    )


def _line(rule: str) -> str:
    """A rule that another process worded, on one printable line."""
    return short(rule, 400)[1:-1] if not rule.isprintable() or len(rule) > 400 else rule


def _package_folders() -> list[str]:
    """Where h5py and NumPy lie here; the other process may look elsewhere."""
    folders = []
    for package in ("h5py", "numpy"):
        found = importlib.util.find_spec(package)
        if found is None or not found.submodule_search_locations:
            raise MissingPackageError(
                f"HDF5 files of Keras are read by the package {package}: pip install "
                "'jaxcnn[pretrained]' (in a clone: '.[pretrained]')"
            )
        folders.append(str(Path(next(iter(found.submodule_search_locations))).parent))
    return folders
