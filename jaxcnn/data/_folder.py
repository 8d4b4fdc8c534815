"""Folders and zip archives of class folders: which images there are, and what they show.

    DIR/train/ants/1.jpg, DIR/val/bees/2.jpg ...     splits are folders
    DIR/ants/1.jpg, DIR/bees/2.jpg ...               a fifth of each class is the split "test"

A zip archive has the same layout, under one folder or none. Nothing of it is written to the disk.
"""

import hashlib
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ._errors import DataFileError

# Those of torchvision, so that a folder has the same images here and there; no GIF is among them,
# and PyTorch's ants have one that says "image not found".
SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"))
SPLIT_NAMES = ("train", "val", "valid", "validation", "test")
_LARGEST_FILE = 2**26
_LARGEST_ARCHIVE = 2**36
_MOST_MEMBERS = 5_000_000
_KEPT = 5  # one image of so many is for testing


@dataclass(frozen=True)
class Listing:
    """The images of a folder or archive.

    Attributes:
        root: The folder, or the archive's file.
        class_names: In the alphabet's order.
        splits: Split -> path below the root, and class, of each image.
        is_zip: Whether the root is an archive.
    """

    root: Path
    class_names: tuple[str, ...]
    splits: dict[str, list[tuple[str, int]]] = field(repr=False)
    is_zip: bool = False

    def read(self, name: str) -> bytes:
        """The bytes of an image below a folder.

        Raises:
            OSError: It cannot be read.
        """
        return (self.root / name).read_bytes()


def list_images(root: Path) -> Listing:
    """Finds the images of a folder or a zip archive, in one order on every machine.

    Args:
        root: The folder or archive. Files that are no images, and names that begin with a dot or
            with __MACOSX, are passed over.

    Raises:
        DataFileError: There are no class folders, only one, or one without an image.
    """
    is_zip = root.is_file()
    names, folders = _zip_names(root) if is_zip else _folder_names(root)
    prefix = _common_folder(names) if is_zip else ""
    found: dict[str, dict[str, list[str]]] = {}
    for folder in folders:
        _placed(folder.removeprefix(prefix).split("/"), found)
    for name in names:
        parts = name.removeprefix(prefix).split("/")
        held = _placed(parts[:-1], found)
        if held is not None and PurePosixPath(name).suffix.lower() in SUFFIXES:
            held.append(name)
    if "" in found and len(found) > 1:  # splits, and folders beside them that are none
        del found[""]
    classes = sorted({label for labels in found.values() for label in labels})
    _check(found, classes, root)
    splits = {
        split: [
            (name, index) for index, label in enumerate(classes) for name in sorted(labels[label])
        ]
        for split, labels in found.items()
    }
    if "" in splits:
        splits = _held_out(splits[""])
    return Listing(root, tuple(classes), splits, is_zip)


def _placed(parts: list[str], found: dict[str, dict[str, list[str]]]) -> list[str] | None:
    """The list of the class that a folder stands for; folders below a class belong to it."""
    split = parts[0] if parts and parts[0] in SPLIT_NAMES else ""
    parts = parts[1:] if split else parts
    if not parts or not parts[0]:
        return None
    return found.setdefault(split, {}).setdefault(parts[0], [])


def _check(found: dict[str, dict[str, list[str]]], classes: list[str], root: Path) -> None:
    if len(classes) < 2:
        what = f"has the only class folder {classes[0]!r}" if classes else "has no class folder"
        raise DataFileError(
            f"{what}, but must have at least two (DIR/cat/1.jpg, DIR/dog/2.jpg, or these below "
            "DIR/train and DIR/val)",
            path=root,
        )
    for split, labels in found.items():
        empty = [label for label in classes if not labels.get(label)]
        if empty:
            where = f" of split {split!r}" if split else ""
            raise DataFileError(
                f"{len(empty)} of {len(classes)} classes{where} have no image: "
                f"{', '.join(map(repr, empty[:10]))}",
                path=root,
            )


def _held_out(images: list[tuple[str, int]]) -> dict[str, list[tuple[str, int]]]:
    """Keeps a fifth of each class, at least one image where it has two.

    Which, depends on names alone, not on the machine.
    """
    by_class: dict[int, list[str]] = {}
    for name, label in images:
        by_class.setdefault(label, []).append(name)
    kept: set[str] = set()
    for names in by_class.values():
        order = sorted(names, key=lambda n: hashlib.sha256(n.encode("utf-8", "replace")).digest())
        kept.update(order[: max(len(order) // _KEPT, min(len(order) - 1, 1))])
    parts = {
        "train": [image for image in images if image[0] not in kept],
        "test": [image for image in images if image[0] in kept],
    }
    return {split: part for split, part in parts.items() if part}


def _folder_names(root: Path) -> tuple[list[str], list[str]]:
    names: list[str] = []
    folders: list[str] = []
    for place, below, files in os.walk(root):
        below[:] = sorted(name for name in below if not name.startswith("."))
        relative = Path(place).relative_to(root)
        folders += [(relative / name).as_posix() for name in below]
        names += [(relative / name).as_posix() for name in files if not name.startswith(".")]
    return names, [folder for folder in folders if folder not in SPLIT_NAMES]


def _zip_names(path: Path) -> tuple[list[str], list[str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DataFileError(f"is no whole zip archive ({error})", path=path) from error
    _check_members(members, path)
    hidden = re.compile(r"(^|/)(\.|__MACOSX(/|$))")
    shown = [member for member in members if not hidden.search(member.filename)]
    return [member.filename for member in shown if not member.is_dir()], []


def _check_members(members: list[zipfile.ZipInfo], path: Path) -> None:
    names = [member.filename for member in members]
    if len(names) > _MOST_MEMBERS or len(set(names)) != len(names):
        raise DataFileError(
            f"has {len(names)} entries, {len(set(names))} of them different: at most "
            f"{_MOST_MEMBERS}, all different, are read",
            path=path,
        )
    for member in members:
        name = member.filename
        if name.startswith("/") or ".." in name.split("/") or "\\" in name or ":" in name:
            raise DataFileError(f"has the entry {name[:100]!r}, no plain relative path", path=path)
        if member.file_size > _LARGEST_FILE:
            raise DataFileError(
                f"has the entry {name[:100]!r} of {member.file_size} bytes, more than an image's "
                f"{_LARGEST_FILE}",
                path=path,
            )
    total = sum(member.file_size for member in members)
    if total > _LARGEST_ARCHIVE:
        raise DataFileError(f"unpacks to {total} bytes, more than {_LARGEST_ARCHIVE}", path=path)


def _common_folder(names: Iterable[str]) -> str:
    """The one folder that everything lies in, unless it is a split or there is none."""
    tops = {name.partition("/")[0] for name in names if "/" in name}
    top = tops.pop() if len(tops) == 1 else None
    return f"{top}/" if top and top not in SPLIT_NAMES else ""


def iterate(listing: Listing, split: str) -> Iterator[tuple[str, int, bytes]]:
    """Name, class and bytes of each image of a split, in order.

    Raises:
        DataFileError: The archive is damaged or lies about sizes.
    """
    if not listing.is_zip:
        for name, label in listing.splits[split]:
            yield name, label, listing.read(name)
        return
    with zipfile.ZipFile(listing.root) as archive:
        for name, label in listing.splits[split]:
            yield name, label, _member(archive, name, listing.root)


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    size = archive.getinfo(name).file_size
    try:
        with archive.open(name) as stream:
            content = stream.read(size + 1)  # never more, whatever the entry unpacks to
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise DataFileError(f"the entry {name!r} is damaged ({error})", path=path) from error
    if len(content) != size:
        raise DataFileError(f"the entry {name!r} is not as long as the archive says", path=path)
    return content
