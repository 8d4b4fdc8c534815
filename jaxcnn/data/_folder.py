"""Folders and zip archives of class folders: which images there are, and what they show.

Where there are no splits, a fifth of each class is the split "test". Nothing of an archive is
written to the disk.
"""

import hashlib
import os
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ._errors import DataFileError
from ._layout import Layout, LayoutError, read_layout
from ._split_names import split_name
from ._told import kinds_of
from ._tree import Node, stored_name, tree_of

_KEPT = 5  # one image of so many is for testing
_SHOWN = 10  # names in an error


@dataclass(frozen=True)
class Listing:
    """The images of a folder or archive.

    Attributes:
        root: The folder, or the archive's file.
        class_names: In the alphabet's order.
        splits: Split -> path below the root, and class, of each image.
        is_zip: Whether the root is an archive.
        notices: What whoever reads it is to be told, such as images that are not used.
    """

    root: Path
    class_names: tuple[str, ...]
    splits: dict[str, list[tuple[str, int]]] = field(repr=False)
    is_zip: bool = False
    notices: tuple[str, ...] = ()

    def read(self, name: str) -> bytes:
        """The bytes of an image below a folder.

        Raises:
            OSError: It cannot be read.
        """
        return (self.root / name).read_bytes()


def list_images(root: Path) -> Listing:
    """Finds the images of a folder or a zip archive, in one order on every machine.

    Args:
        root: The folder or archive. Files that are no images, hidden ones, and what systems leave
            behind are passed over.

    Raises:
        DataFileError: There are no class folders, only one, or one without an image; or what there
            is could be read in two ways.
        OSError: A folder cannot be read.
    """
    tree = tree_of(root)
    try:
        layout = read_layout(tree)
    except LayoutError as error:
        raise DataFileError(str(error), path=root) from None
    found = layout.splits
    classes = sorted({label for labels in found.values() for label in labels})
    _check(layout, classes, root, tree)
    splits = {
        split: [
            (name, index)
            for index, label in enumerate(classes)
            for name in labels[label].all_images()
        ]
        for split, labels in found.items()
    }
    notices = (
        _alike(classes)
        + [note for node in tree.walk() for note in node.notes]
        + layout.notices
        + _unread(layout)
    )
    if "" in splits:
        splits = _held_out(splits[""])
        notices += _untested(splits, classes) + _is_split_itself(root)
    return Listing(
        root, tuple(classes), splits, root.is_file(), tuple(f"{root}: {text}" for text in notices)
    )


def _check(layout: Layout, classes: list[str], root: Path, tree: Node) -> None:
    if len(classes) < 2:
        raise DataFileError(
            f"{_seen(layout, classes, tree)}, but must have at least two (DIR/cat/1.jpg, "
            "DIR/dog/2.jpg, or these below DIR/train and DIR/test)",
            path=root,
        )
    for split, labels in layout.splits.items():
        empty = [label for label in classes if label not in labels or not labels[label].has_image]
        if empty:
            where = f" of split {split!r}" if split else ""
            unread = [
                name for label in empty if label in labels for name in _unread_in(labels[label])
            ]
            only = f" that is read, but {kinds_of(unread)}" if unread else ""
            alike = "; a class must have one name in all splits" if split else ""
            alike += _nearly_equal(empty, [label for label in classes if label not in empty])
            raise DataFileError(
                f"{len(empty)} of {len(classes)} classes{where} have no image{only}: "
                f"{', '.join(map(repr, empty[:_SHOWN]))}{alike}",
                path=root,
            )


def _written(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold().strip()


def _nearly_equal(empty: list[str], filled: list[str]) -> str:
    """Names that look alike, which is why a class seems to be missing."""
    pairs = [
        f"{one!a} and {other!a}"
        for one in empty
        for other in filled
        if _written(one) == _written(other)
    ]
    if not pairs:
        return ""
    return f" ({', '.join(pairs[:_SHOWN])} differ in capitals, spaces or the code of an accent)"


def _seen(layout: Layout, classes: list[str], tree: Node) -> str:
    if not classes:
        strays = f" (images directly in it: {len(tree.images)})" if tree.images else ""
        return f"has no class folder{strays}"
    label = classes[0]
    held = next(labels[label] for labels in layout.splits.values() if label in labels)
    inner = [node.name for node in held.filled]
    hint = (
        f" (it holds {', '.join(map(repr, inner[:_SHOWN]))}: give {held.path!r}?)"
        if len(inner) > 1
        else ""
    )
    return f"has the only class folder {label!r}{hint}"


def _unread(layout: Layout) -> list[str]:
    """What is to be told of files in class folders that may be images and are not read."""
    names = sorted(
        name
        for labels in layout.splits.values()
        for node in labels.values()
        for name in _unread_in(node)
    )
    return (
        [f"{kinds_of(names)} not used: save them as PNG or JPEG (first: {names[0]!r})"]
        if names
        else []
    )


def _unread_in(folder: Node) -> list[str]:
    return [name for node in folder.walk() for name in node.unread]


def _alike(classes: list[str]) -> list[str]:
    """What is to be told of classes whose names look alike: one may be two by mistake."""
    groups: dict[str, list[str]] = {}
    for name in classes:
        groups.setdefault(_written(name), []).append(name)
    return [
        f"the names {' and '.join(map(ascii, names))} look alike, and are taken as {len(names)} classes"
        for names in groups.values()
        if len(names) > 1
    ]


def _untested(splits: dict[str, list[tuple[str, int]]], classes: list[str]) -> list[str]:
    if "test" not in splits:  # no class has two; whoever asks for "test" is told
        return []
    tested = {label for _, label in splits["test"]}
    names = [repr(name) for index, name in enumerate(classes) if index not in tested]
    if not names:
        return []
    return [f"only one image of {', '.join(names[:_SHOWN])}: split 'test' has none of it"]


def _is_split_itself(root: Path) -> list[str]:
    """What is to be told where the folder that was given is one split of several."""
    said = split_name(root.absolute().name)
    if said is None or root.is_file():
        return []
    parent = root.absolute().parent
    try:
        beside = sorted(entry.name for entry in os.scandir(parent) if entry.is_dir())
    except OSError:
        return []
    others = [
        name
        for name in beside
        if (other := split_name(name)) and other.rest == said.rest and other.role != said.role
    ]
    if not others:
        return []
    return [
        f"is itself called like a split, and {', '.join(map(repr, others[:_SHOWN]))} stands beside it; a "
        f"fifth of it is kept as 'test' now. To use these splits, give {str(parent)!r}"
    ]


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
    stored = stored_name(archive, name)
    size = archive.getinfo(stored).file_size
    try:
        with archive.open(stored) as stream:
            content = stream.read(size + 1)  # never more, whatever the entry unpacks to
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise DataFileError(f"the entry {name!r} is damaged ({error})", path=path) from error
    if len(content) != size:
        raise DataFileError(f"the entry {name!r} is not as long as the archive says", path=path)
    return content
