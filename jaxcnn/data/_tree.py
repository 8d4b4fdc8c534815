"""The folders and image files below a folder or in a zip archive, whatever they mean."""

import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ._errors import DataFileError

# Those of torchvision, so that a folder has the same images here and there; no GIF is among them,
# and PyTorch's ants have one that says "image not found".
SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"))
# What else holds images, and what has no suffix: passed over, but told.
_UNREAD_SUFFIXES = """
.gif .heic .heif .avif .jp2 .j2k .jpx .jpe .jfif .jxl .apng .mpo .svg .psd .raw .dng .cr2 .cr3 .nef
.arw .orf .rw2 .exr .hdr .tga .ico .pcx .dds .eps .dcm .nii .fits .npy .npz
"""
UNREAD = frozenset((*_UNREAD_SUFFIXES.split(), ""))
_IGNORED = frozenset(
    ("__macosx", "__pycache__", "thumbs.db", "desktop.ini", "@eadir", "lost+found", "$recycle.bin")
)
_LARGEST_FILE = 2**26
_LARGEST_ARCHIVE = 2**36
_MOST_FILES = 5_000_000


@dataclass(eq=False)
class Node:
    """A folder.

    Attributes:
        name: Its own name.
        path: Below the root, "" for the root itself.
        folders: Those in it, in the alphabet's order.
        images: Paths below the root of the images directly in it.
        unread: Likewise, files that hold images of formats that are not read, or have no suffix.
        notes: What is odd about its links.
    """

    name: str
    path: str = ""
    folders: dict[str, "Node"] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def walk(self) -> Iterator["Node"]:
        """It, and all folders below."""
        yield self
        for folder in self.folders.values():
            yield from folder.walk()

    def all_images(self) -> list[str]:
        """The images in it and below, in the alphabet's order."""
        return sorted(name for node in self.walk() for name in node.images)

    @property
    def filled(self) -> list["Node"]:
        """Its folders that hold an image somewhere."""
        return [folder for folder in self.folders.values() if folder.has_image]

    @property
    def has_image(self) -> bool:
        """Whether an image lies in it or below."""
        return any(node.images for node in self.walk())

    def add(self, name: str, path: str) -> None:
        """Notes a file."""
        suffix = PurePosixPath(name).suffix.lower()
        if suffix in SUFFIXES:
            self.images.append(path)
        elif suffix in UNREAD:
            self.unread.append(path)


def tree_of(root: Path) -> Node:
    """Reads the names below a folder, links followed, or in a zip archive.

    Hidden files and folders, and those that systems leave behind, are passed over.

    Raises:
        DataFileError: The archive breaks a rule, or there are too many files.
        OSError: A folder cannot be read.
    """
    if root.is_file():
        return _of_archive(root)
    top = Node(root.absolute().name)
    count = 0
    open_folders: list[tuple[Node, Path, tuple[tuple[int, int] | str, ...]]] = [
        (top, root, (_identity(root),))
    ]
    while open_folders:
        node, place, above = open_folders.pop()
        with os.scandir(place) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        count += len(found)
        if count > _MOST_FILES:
            raise DataFileError(f"holds more than {_MOST_FILES} files and folders", path=root)
        for entry in found:
            if _is_hidden(entry.name):
                continue
            path = f"{node.path}/{entry.name}" if node.path else entry.name
            if entry.is_dir():
                identity = _identity(Path(entry.path))
                if identity in above:
                    node.notes.append(
                        f"{path!r} is a link to a folder that it lies in: passed over"
                    )
                    continue
                below = node.folders[entry.name] = Node(entry.name, path)
                open_folders.append((below, Path(entry.path), (*above, identity)))
            elif entry.is_file():
                node.add(entry.name, path)
            elif entry.is_symlink():  # to nothing; that of an image is an error when it is read
                node.add(entry.name, path)
                if path not in node.images:
                    node.notes.append(f"{path!r} is a link to nothing: passed over")
    return top


def _identity(folder: Path) -> tuple[int, int] | str:
    """What tells folders apart; some disks number none of theirs."""
    status = folder.stat()
    return (status.st_dev, status.st_ino) if status.st_ino else os.path.realpath(folder)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.lower() in _IGNORED


def _of_archive(path: Path) -> Node:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DataFileError(f"is no whole zip archive ({error})", path=path) from error
    names = [member.filename for member in members]
    if "/" not in "".join(
        names
    ):  # some programs of Windows write these, against the format's rules
        names = [name.replace("\\", "/") for name in names]
    _check_members(members, names, path)
    top = Node(path.stem)
    for name in sorted(names):
        *above, last = name.split("/")  # a folder's name ends with a slash
        if any(map(_is_hidden, (*above, last))):
            continue
        node = top
        for part in above:
            inner = f"{node.path}/{part}" if node.path else part
            node = node.folders.setdefault(part, Node(part, inner))
        if last:
            node.add(last, name)
    return top


def stored_name(archive: zipfile.ZipFile, name: str) -> str:
    """What an archive itself calls an image that `tree_of` found in it."""
    return name if name in archive.NameToInfo else name.replace("/", "\\")


def _check_members(members: list[zipfile.ZipInfo], names: list[str], path: Path) -> None:
    if len(names) > _MOST_FILES or len(set(names)) != len(names):
        raise DataFileError(
            f"has {len(names)} entries, {len(set(names))} of them different: at most "
            f"{_MOST_FILES}, all different, are read",
            path=path,
        )
    for member, name in zip(members, names, strict=True):
        is_absolute = name.startswith("/") or name[1:2] == ":"
        if is_absolute or ".." in name.split("/") or "\\" in name:
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
