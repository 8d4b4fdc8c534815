"""The text format `.ts` of the UCR and UEA archives of time series.

A header of lines that begin with @, then one line for each series: its channels, parted by colons,
each a list of numbers; the last part is the label.
"""

import importlib.util
import re
from pathlib import Path

import numpy as np

from ._errors import DataFileError

_LARGEST = 2**31  # bytes of one file


def find_series(name: str, folder: Path | None) -> Path | None:
    """The folder that holds `NAME_TRAIN.ts`: the given one, or that of the package aeon.

    Args:
        name: A problem, such as GunPoint.
        folder: Holds the files, or a folder of the problem's name that does; None looks for aeon.
    """
    if folder is None:
        spec = importlib.util.find_spec("aeon")  # found, never imported
        places = list(spec.submodule_search_locations or ()) if spec else []
        folders = [Path(place) / "datasets" / "data" for place in places]
    else:
        folders = [folder]
    for place in (inner for outer in folders for inner in (outer, outer / name)):
        if (place / f"{name}_TRAIN.ts").is_file():
            return place
    return None


def problem_of(folder: Path) -> str | None:
    """The problem whose files a folder holds; None if there is not exactly one."""
    names = {path.name.removesuffix("_TRAIN.ts") for path in folder.glob("*_TRAIN.ts")}
    return names.pop() if len(names) == 1 else None


def read_series(path: Path) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Reads labelled series of one length.

    Args:
        path: A file such as `GunPoint_TRAIN.ts`.

    Returns:
        Series (number, length, channels) as float32, labels (number,) as int32, and the names of
        the classes in the header's order.

    Raises:
        DataFileError: The file breaks the format, or has what is not read here: time stamps,
            missing values, several lengths, numbers as labels.

    Source: the format's description in the aeon toolkit's documentation.
    """
    if path.stat().st_size > _LARGEST:
        raise DataFileError(f"has more than {_LARGEST} bytes", path=path)
    try:
        lines = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise DataFileError(f"is no text in UTF-8 ({error.reason})", path=path) from error
    header, start = _header(lines, path)
    names = _class_names(header, path)
    series: list[np.ndarray] = []
    labels: list[int] = []
    for number, line in enumerate(lines[start:], start=start + 1):
        if line.strip():
            values, label = _case(line, names, path, number)
            if series and values.shape != series[0].shape:
                raise DataFileError(
                    f"line {number} has the shape {values.shape}, others {series[0].shape}; series "
                    "of several lengths are not read",
                    path=path,
                )
            series.append(values)
            labels.append(label)
    if not series:
        raise DataFileError("has no series after @data", path=path)
    return np.stack(series), np.asarray(labels, np.int32), names


def _header(lines: list[str], path: Path) -> tuple[dict[str, str], int]:
    header: dict[str, str] = {}
    for number, raw in enumerate(lines):
        line = raw.strip()
        if not line or line.startswith(("#", "%")):
            continue
        if not line.startswith("@"):
            raise DataFileError(f"line {number + 1} must begin with @ or #", path=path)
        key, _, value = line[1:].partition(" ")
        if key.lower() == "data":
            return header, number + 1
        header[key.lower()] = value.strip()
    raise DataFileError("has no line @data", path=path)


def _class_names(header: dict[str, str], path: Path) -> tuple[str, ...]:
    for key, unwanted in (("timestamps", "true"), ("missing", "true"), ("equallength", "false")):
        if header.get(key, "").lower() == unwanted:
            raise DataFileError(f"says @{key} {unwanted}, which is not read here", path=path)
    flag, *names = header.get("classlabel", "").split() or [""]
    if flag.lower() != "true" or len(set(names)) != len(names) or len(names) < 2:
        raise DataFileError(
            "must say @classLabel true and at least two different names of classes", path=path
        )
    return tuple(names)


def _case(
    line: str, names: tuple[str, ...], path: Path, number: int
) -> tuple[np.ndarray, int]:
    *channels, label = line.strip().split(":")
    label = label.strip()
    if label not in names:
        raise DataFileError(
            f"line {number} has the label {label[:40]!r}, which is not in @classLabel: "
            f"{', '.join(names[:20])}",
            path=path,
        )
    rows = [_numbers(channel, path, number) for channel in channels]
    if not rows or len({len(row) for row in rows}) != 1:
        raise DataFileError(
            f"line {number} must have channels of one length before the label", path=path
        )
    return np.stack(rows, axis=-1), names.index(label)


def _numbers(text: str, path: Path, number: int) -> np.ndarray:
    parts = text.split(",")
    if not all(re.fullmatch(r"\s*[-+0-9.eE]+\s*", part) for part in parts):
        raise DataFileError(f"line {number} must hold numbers parted by commas", path=path)
    try:
        values = np.asarray([float(part) for part in parts], np.float32)
    except ValueError as error:
        raise DataFileError(f"line {number}: {error}", path=path) from error
    if not np.isfinite(values).all():
        raise DataFileError(f"line {number} has a number that float32 cannot hold", path=path)
    return values
