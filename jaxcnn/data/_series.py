"""Problems of the UCR and UEA archives of time series: which files, and both halves together."""

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ._errors import DataFileError
from ._series_files import SUFFIXES, read_cases

_NAME = re.compile(r"(.+)_(train|test)(\.ts|\.tsv|\.arff|\.txt)", re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    """The files of a problem.

    Attributes:
        name: Such as GunPoint.
        files: Split, "train" or "test" -> its file.
    """

    name: str
    files: dict[str, Path]


class Series(NamedTuple):
    """Labelled series.

    Attributes:
        values: (number, length, channels) in float32.
        labels: (number,) int32, indices into `class_names`.
        class_names: In the header's order; where there is no header, numbers in their order.
    """

    values: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]


def find_series(name: str, folder: Path | None) -> Problem | None:
    """The files of a problem, in the given folder or in the package aeon.

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
        for problem in _problems(place):
            if problem.name == name and "train" in problem.files:
                return problem
    return None


def problem_of(folder: Path) -> Problem | None:
    """The problem whose files a folder holds; None if it holds none.

    Raises:
        DataFileError: It holds several.
    """
    found = _problems(folder)
    named = [problem for problem in found if problem.name == folder.absolute().name]
    if len(found) > 1 and len(named) != 1:
        names = ", ".join(problem.name for problem in found[:10])
        raise DataFileError(
            f"holds the files of several problems ({names}): keep each in a folder of its name",
            path=folder,
        )
    return (named or found or [None])[0]


def problems_below(folder: Path) -> list[str]:
    """The folders in a folder that hold a problem's files, such as those of the archive of 2018."""
    inner = sorted(path for path in folder.iterdir() if path.is_dir())
    return [path.name for path in inner if _problems(path)]


def _problems(folder: Path) -> list[Problem]:
    """The problems of a folder, in the best of the formats that they come in."""
    by_suffix: dict[str, dict[str, dict[str, Path]]] = {suffix: {} for suffix in SUFFIXES}
    folders = False
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        folders |= path.is_dir()
        if match := _NAME.fullmatch(path.name):
            name, split, suffix = match.groups()
            by_suffix[suffix.lower()].setdefault(name, {})[split.lower()] = path
    for suffix, found in by_suffix.items():
        # Lists of images beside class folders are called so too.
        if found and not (
            suffix == ".txt" and (folders or any(len(f) < 2 for f in found.values()))
        ):
            return [
                Problem(
                    name, {split: files[split] for split in ("train", "test") if split in files}
                )
                for name, files in found.items()
            ]
    return []


def read_problem(problem: Problem) -> dict[str, Series]:
    """Reads all of a problem's files.

    Raises:
        DataFileError: A file breaks its format, or the halves do not go together.
    """
    parts = {split: read_series(path) for split, path in problem.files.items()}
    first_split, *others = parts
    for split in others:
        one, other = parts[first_split], parts[split]
        wanted, found = problem.files[first_split].name, problem.files[split].name
        announced = problem.files[split].suffix.lower() in (".ts", ".arff")
        if one.values.shape[1:] != other.values.shape[1:] or (
            announced and set(one.class_names) != set(other.class_names)
        ):
            raise DataFileError(
                f"{found} must have the shape and the classes of {wanted}: "
                f"{other.values.shape[1:]} and {other.class_names}, not {one.values.shape[1:]} and "
                f"{one.class_names}; series of several lengths are brought to one first",
                path=problem.files[split].parent,
            )
    names = next(iter(parts.values())).class_names
    extra = {name for part in parts.values() for name in part.class_names} - set(names)
    if extra:
        names = tuple(sorted({*names, *extra}, key=int))
    if len(names) < 2:
        raise DataFileError(
            f"has series of the only class {', '.join(names)!r}, but must have at least two classes",
            path=problem.files[first_split],
        )
    return {split: _renamed(part, names) for split, part in parts.items()}


def _renamed(part: Series, names: tuple[str, ...]) -> Series:
    order = np.asarray([names.index(name) for name in part.class_names], np.int32)
    return Series(part.values, order[part.labels], names)


def read_series(path: Path) -> Series:
    """Reads labelled series of one length.

    Args:
        path: A file such as `GunPoint_TRAIN.ts`; its suffix says the format.

    Raises:
        DataFileError: The file breaks the format, or has what is not read here: time stamps,
            missing values, several lengths, fractions as labels.
    """
    cases, names = read_cases(path)
    if names is None:
        names = tuple(sorted({label for _, _, label in cases}, key=int))
    labels = [names.index(label) for _, _, label in cases]
    return Series(np.stack([values for _, values, _ in cases]), np.asarray(labels, np.int32), names)
