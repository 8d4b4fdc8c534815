"""Weights that lie in several files, and the index that says which lies where.

Source: the files that `save_pretrained` of Hugging Face's transformers writes.
"""

import json
import re
from pathlib import Path

from ._errors import DamagedFileError, UnsafeFileError

_INDEX = "*.index.json"
_LARGEST_INDEX = 2**26
_SHARD = re.compile(r"(.*)-(\d{5})-of-(\d{5})(\.\w+)")


def index_of(folder: Path) -> Path | None:
    """The index of the weights in a folder; None where it has none.

    Raises:
        UnsafeFileError: The folder has several.
    """
    found = sorted(folder.glob(_INDEX))
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise UnsafeFileError(f"has several indices of weights: give one of {names}", path=folder)
    return found[0] if found else None


def is_index(path: Path) -> bool:
    """Whether the name is that of an index."""
    return path.name.endswith(_INDEX[1:])


def shards(index: Path) -> dict[Path, set[str]]:
    """File -> the names of the arrays that are taken from it.

    Raises:
        WeightFileError: The index is damaged, names files elsewhere, or one is missing.
    """
    if index.stat().st_size > _LARGEST_INDEX:
        raise UnsafeFileError("is larger than an index needs", path=index)
    try:
        places = json.loads(index.read_bytes())["weight_map"]
        pairs = [(str(name), str(file)) for name, file in places.items()]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedFileError(
            "must be JSON with a weight_map of names to files", path=index
        ) from None
    found: dict[Path, set[str]] = {}
    for name, file in pairs:
        if Path(file).name != file or file in (".", "..") or "\\" in file:
            raise UnsafeFileError(f"names the file {file!r}, which is not beside it", path=index)
        found.setdefault(index.with_name(file), set()).add(name)
    for file in found:
        if not file.is_file():
            raise DamagedFileError(f"names the file {file.name!r}, which is missing", path=index)
    return found


def shard_note(path: Path) -> str | None:
    """A sentence about a file that is one of several; None for others."""
    part = _SHARD.fullmatch(path.name)
    if part is None or int(part[3]) < 2:
        return None
    index = f"{part[1]}{part[4]}.index.json"
    return (
        f"the file is part {int(part[2])} of {int(part[3])}: give {index!r}, or the folder, to read "
        "all of them"
    )
