"""What is told of a folder's images that are not used, in words."""

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

from ._tree import Node

_SHOWN = 5
_SHOWN_BROKEN = 10


def kinds_of(names: list[str]) -> str:
    """How many files there are of each suffix."""
    kinds = Counter(PurePosixPath(name).suffix.lower() or "suffixless" for name in names)
    return ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) + " files"


def strays(node: Node) -> list[str]:
    """Images that lie directly in a folder of folders."""
    if not node.images:
        return []
    where = f"directly in {node.path!r}" if node.path else "directly in the folder"
    return [
        f"{_count(len(node.images))} {where} ({_some(node.images)}) not used: no class is known"
    ]


def unused(folders: Iterable[Node], why: str) -> list[str]:
    """Folders whose images are not used."""
    return [
        f"{_count(len(child.all_images()))} in {child.path!r} not used ({why})" for child in folders
    ]


def _count(number: int) -> str:
    return "1 image" if number == 1 else f"{number} images"


def _some(paths: list[str]) -> str:
    dots = ", ..." if len(paths) > _SHOWN else ""
    return ", ".join(path.rpartition("/")[2] for path in sorted(paths)[:_SHOWN]) + dots


def named(folders: Iterable[Node]) -> str:
    """The paths of folders, for a sentence."""
    names = [repr(folder.path) for folder in folders]
    dots = ", ..." if len(names) > _SHOWN else ""
    return " and ".join(names) if len(names) < 3 else ", ".join(names[:_SHOWN]) + dots


def left_out(names: tuple[str, ...]) -> str:
    """Which images cannot be decoded."""
    dots = ", ..." if len(names) > _SHOWN_BROKEN else ""
    were = "was" if len(names) == 1 else "were"
    return (
        f"{_count(len(names))} cannot be decoded and {were} left out: "
        f"{', '.join(names[:_SHOWN_BROKEN])}{dots}"
    )
