"""The text formats of the UCR and UEA archives of time series, line by line.

`.ts` is a header of lines that begin with @, then a line for each series: its channels, parted by
colons, each a list of numbers; the last part is the label. `.tsv`, of the archive of 2018, and
`.txt` have one channel, the label first, parted by tabs or spaces. `.arff` is Weka's, with a class
among its attributes.

Sources: the documentation of the aeon toolkit; H. A. Dau et al., *The UCR time series archive*,
2019; Weka's description of its format.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from jaxcnn._notice import tell

from ._errors import DataFileError

SUFFIXES = (".ts", ".tsv", ".arff", ".txt")  # the first that there is, is read
_LARGEST = 2**31  # bytes of one file
_MISSING = ("?", "nan", "na", "")
_LEVEL = (
    "fill gaps and bring all series to one length first (the archive of 2018 has such copies in "
    "Missing_value_and_variable_length_datasets_adjusted)"
)
Case = tuple[int, np.ndarray, str]  # line, (length, channels), label
Lines = Iterator[tuple[int, str]]


def read_cases(path: Path) -> tuple[list[Case], tuple[str, ...] | None]:
    """The series of a file with their labels, and the classes that it announces, if it does.

    Raises:
        DataFileError: It breaks the format, or has what is not read here.
    """
    if path.stat().st_size > _LARGEST:
        raise DataFileError(f"has more than {_LARGEST} bytes", path=path)
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataFileError(f"is no text in UTF-8 ({error.reason})", path=path) from error
    marks = ("#", "%")
    first = " " if path.suffix.lower() == ".tsv" else None  # a tab there parts off a missing label
    numbered = (
        (number, line.rstrip().lstrip(first))
        for number, line in enumerate(text.splitlines(), start=1)
    )
    lines = ((number, line) for number, line in numbered if line and not line.startswith(marks))
    cases, names = _READERS[path.suffix.lower()](lines, path)
    where = "@classLabel" if path.suffix.lower() == ".ts" else "the attribute with the classes"
    for number, values, label in cases:
        if values.shape != cases[0][1].shape:
            raise DataFileError(
                f"line {number} has the shape {values.shape}, others {cases[0][1].shape}; series of "
                f"several lengths are not read: {_LEVEL}",
                path=path,
            )
        if names is not None and label not in names:
            raise DataFileError(
                f"line {number} has the label {label[:40]!r}, which is not in {where}: "
                f"{', '.join(names[:20])}",
                path=path,
            )
    if not cases:
        after = "" if names is None else " after @data"
        raise DataFileError(f"has no series{after}", path=path)
    return cases, names


def _read_ts(lines: Lines, path: Path) -> tuple[list[Case], tuple[str, ...]]:
    header = dict(_header(lines, path))
    stamps = "write the values without their times"
    for key, unwanted, cure in (
        ("timestamps", "true", stamps),
        ("missing", "true", _LEVEL),
        ("equallength", "false", _LEVEL),
    ):
        if header.get(key, "").lower() == unwanted:
            raise DataFileError(
                f"says @{key} {unwanted}, which is not read here: {cure}", path=path
            )
    flag, *names = header.get("classlabel", "").split() or [""]
    if flag.lower() != "true":
        names = []
    _check_names(names, "say @classLabel true and", path)
    cases = [_ts_case(number, line, path) for number, line in lines]
    if cases:
        _tell_announced(header, cases[0][1].shape, path)
    return cases, tuple(names)


def _tell_announced(header: dict[str, str], shape: tuple[int, ...], path: Path) -> None:
    """Tells of a header that has other series in mind; what is read are the series."""
    length, channels = shape
    for key, found in (("seriesLength", str(length)), ("dimensions", str(channels))):
        said = header.get(key.lower(), found)
        if said.lower() != found:
            tell(
                f"{path} says @{key} {said[:40]}, but its series have {length} values of {channels} "
                "channel(s), and are read so"
            )


def _ts_case(number: int, line: str, path: Path) -> Case:
    *channels, label = line.split(":")
    rows = [_numbers(channel.split(","), path, number) for channel in channels]
    if not rows or len({len(row) for row in rows}) != 1:
        raise DataFileError(
            f"line {number} must have channels of one length before the label", path=path
        )
    return number, np.stack(rows, axis=-1), label.strip()


def _header(lines: Lines, path: Path) -> Iterator[tuple[str, str]]:
    """Key and value of each line up to @data."""
    for number, line in lines:
        if not line.startswith("@"):
            raise DataFileError(f"line {number} must begin with @ or #", path=path)
        key, _, value = line[1:].replace("\t", " ").partition(" ")
        if key.lower() == "data":
            return
        yield key.lower(), value.strip()
    raise DataFileError("has no line @data", path=path)


def _check_names(names: list[str], what: str, path: Path) -> None:
    if len(set(names)) != len(names) or len(names) < 2:
        raise DataFileError(f"must {what} at least two different names of classes", path=path)


def _read_arff(lines: Lines, path: Path) -> tuple[list[Case], tuple[str, ...]]:
    kinds = [
        re.sub(r"""^("[^"]*"|'[^']*'|\S+)\s*""", "", value)
        for key, value in _header(lines, path)
        if key == "attribute"
    ]
    if any(kind.lower() == "relational" for kind in kinds):
        raise DataFileError(
            "has several channels in one attribute, which is not read: take the problem's .ts file",
            path=path,
        )
    nominal = [place for place, kind in enumerate(kinds) if kind.startswith("{")]
    if len(nominal) != 1:
        raise DataFileError(
            f"must have one attribute with classes, such as {{1,2}}, but has {len(nominal)}",
            path=path,
        )
    names = [_unquoted(name) for name in kinds[nominal[0]].strip("{}").split(",")]
    _check_names(names, "name", path)
    cases = []
    for number, line in lines:
        parts = line.split(",")
        if len(parts) != len(kinds):
            raise DataFileError(
                f"line {number} has {len(parts)} values, but there are {len(kinds)} attributes",
                path=path,
            )
        label = _unquoted(parts.pop(nominal[0]))
        cases.append((number, _numbers(parts, path, number)[:, None], label))
    return cases, tuple(names)


def _unquoted(text: str) -> str:
    return text.strip().strip("'\"")


def _read_columns(lines: Lines, path: Path) -> tuple[list[Case], None]:
    cases = []
    for number, line in lines:
        label, *parts = _columns(line, path, number)
        value = _numbers(
            [label], path, number, "; a label is one (files .ts and .arff have names)"
        )[0]
        if value != round(value):
            raise DataFileError(
                f"line {number} has the label {label[:40]!r}, but labels are whole numbers",
                path=path,
            )
        if not parts:
            raise DataFileError(f"line {number} must have numbers after the label", path=path)
        cases.append((number, _numbers(parts, path, number)[:, None], str(int(value))))
    return cases, None


def _columns(line: str, path: Path, number: int) -> list[str]:
    if "\t" in line:
        return line.split("\t")
    if " " in line and re.search(r"\S,\S", line):
        raise DataFileError(
            f"line {number} has numbers parted by spaces and by commas: write 0.5, not 0,5, and part "
            "numbers in one way",
            path=path,
        )
    return re.split(r"\s*,\s*|\s+", line)


def _numbers(parts: list[str], path: Path, number: int, cure: str = "") -> np.ndarray:
    parts = [part.strip() for part in parts]
    missing = [place for place, part in enumerate(parts) if part.lower() in _MISSING]
    if missing:
        first = missing[0]
        at_end = missing == list(range(first, len(parts)))
        what = (
            f"but ends after {first}, the rest is missing"
            if at_end and first
            else f"but number {first + 1} is missing"
        )
        raise DataFileError(f"line {number} must hold numbers, {what}: {_LEVEL}", path=path)
    odd = [part for part in parts if not re.fullmatch(r"[-+0-9.eE]+", part)]
    if odd:
        cure = "; write values without their times" if odd[0].startswith("(") else cure
        raise DataFileError(
            f"line {number} must hold numbers parted by commas, but has {odd[0][:40]!r}{cure}",
            path=path,
        )
    try:
        with np.errstate(over="ignore"):
            values = np.asarray([float(part) for part in parts]).astype(np.float32)
    except ValueError as error:
        raise DataFileError(f"line {number}: {error}", path=path) from error
    if not np.isfinite(values).all():
        raise DataFileError(f"line {number} has a number that float32 cannot hold", path=path)
    return values


_Reader = Callable[[Lines, Path], tuple[list[Case], tuple[str, ...] | None]]
_READERS: dict[str, _Reader] = {
    ".ts": _read_ts,
    ".tsv": _read_columns,
    ".arff": _read_arff,
    ".txt": _read_columns,
}
