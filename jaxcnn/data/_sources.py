"""Where examples come from: arrays in memory, a folder of images, or a prepared set of records.

A source gives any rows at once and can be sent to a worker process.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from jaxcnn._notice import tell

from ._errors import BrokenImageError, DataFileError
from ._folder import Listing
from ._images import Form, UndecodableError, decode, resized
from ._records import open_records

_SHOWN = 5


@dataclass(slots=True)
class Part:
    """Some examples: arrays; names and classes of those that cannot be decoded and are left out."""

    images: np.ndarray
    labels: np.ndarray
    skipped: tuple[str, ...] = ()
    lost: tuple[int, ...] = ()


class Source(Protocol):
    """What `load` and `loader` read from."""

    name: str
    split: str
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        """The number of examples."""
        ...

    def read(self, rows: np.ndarray) -> Part:
        """The examples of these rows, in this order."""
        ...


@dataclass
class ArraySource:
    """Examples in memory."""

    name: str
    split: str
    class_names: tuple[str, ...]
    images: np.ndarray
    labels: np.ndarray
    form: Form

    def __len__(self) -> int:
        return len(self.labels)

    def read(self, rows: np.ndarray) -> Part:
        images = self.images[rows]
        return Part(resized(images, self.form) if images.ndim == 4 else images, self.labels[rows])


@dataclass
class FolderSource:
    """A folder of class folders, read image by image."""

    name: str
    split: str
    listing: Listing
    form: Form
    skip: bool
    images: list[tuple[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.class_names = self.listing.class_names
        self.images = self.listing.splits[self.split]

    def __len__(self) -> int:
        return len(self.images)

    def read(self, rows: np.ndarray) -> Part:
        chosen = [self.images[row] for row in rows]
        labels = np.asarray([label for _, label in chosen], np.int32)
        return _decoded(
            [str(self.listing.root / name) for name, _ in chosen],
            labels,
            lambda i: self.listing.read(chosen[i][0]),
            self.form,
            self.skip,
        )


@dataclass
class RecordSource:
    """A prepared set: records in array_record files, opened where they are read."""

    name: str
    split: str
    class_names: tuple[str, ...]
    folder: Path
    form: Form
    skip: bool
    label: str
    _opened: Any = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_opened": None}

    def __len__(self) -> int:
        return len(self._records())

    def read(self, rows: np.ndarray) -> Part:
        records = self.records([int(row) for row in rows])
        labels = np.asarray([record[self.label] for record in records], np.int32)
        images = [record["image"] for record in records]
        if images and isinstance(images[0], bytes):
            names = [record["name"].decode("utf-8", "replace") for record in records]
            return _decoded(names, labels, images.__getitem__, self.form, self.skip)
        stacked = np.stack(images)
        return Part(resized(stacked, self.form) if stacked.ndim == 4 else stacked, labels)

    def records(self, rows: Sequence[int]) -> list[dict[str, Any]]:
        """The records of these rows as they are stored.

        Raises:
            DataFileError: A file of the set is damaged.
        """
        try:
            return self._records().__getitems__(list(rows))
        # The reader raises RuntimeError, ValueError, and protobuf's errors, which share no base.
        except Exception as error:
            raise DataFileError(
                f"a record file is damaged ({str(error)[:200]}); prepare the set again",
                path=self.folder,
            ) from error

    def _records(self) -> Any:
        if self._opened is None:
            self._opened = open_records(self.folder, self.split)
        return self._opened


@dataclass
class ChosenRows:
    """Some examples of another source."""

    whole: Source
    rows: np.ndarray
    skip: bool | None = None

    def __post_init__(self) -> None:
        self.name, self.split = self.whole.name, self.whole.split
        self.class_names = self.whole.class_names
        if self.skip is None:
            self.skip = getattr(self.whole, "skip", False)

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, rows: np.ndarray) -> Part:
        return self.whole.read(self.rows[rows])


def without_broken(source: Source) -> tuple[Source, tuple[str, ...]]:
    """What of a source can be decoded, found by decoding all, and the names of the rest.

    Args:
        source: Opened to leave out what cannot be decoded; it is asked for single examples.

    Raises:
        BrokenImageError: Nothing can be decoded.
    """

    def decode_one(row: int) -> Part:
        part = source.read(np.array([row]))
        part.images = part.images[:0]  # all of them may be more than memory holds
        return part

    with ThreadPoolExecutor() as pool:
        ones = list(pool.map(decode_one, range(len(source))))
    rows = np.flatnonzero([not one.skipped for one in ones])
    names = tuple(name for one in ones for name in one.skipped)
    if not len(rows):
        raise broken_images([(name, f"{name} cannot be decoded") for name in names])
    tell_emptied(source, ones)
    return ChosenRows(source, rows, skip=False), names


def tell_emptied(source: Source, parts: Iterable[Part]) -> None:
    """Tells which classes leaving out what is broken has left without any image."""
    lost: set[int] = set()
    kept: set[int] = set()
    for part in parts:
        lost |= set(part.lost)
        kept |= set(part.labels.tolist())
    if emptied := emptied_classes(source.split, source.class_names, lost, kept):
        tell(f"{source.name}: {emptied}")


def emptied_classes(
    split: str, class_names: Sequence[str], lost: Iterable[int], kept: Iterable[int]
) -> str:
    """What is to be told where classes have lost all of their images; "" where none has."""
    names = [repr(class_names[label]) for label in sorted(set(lost) - set(kept))]
    if not names:
        return ""
    return (
        f"split {split!r} has no image of {', '.join(names)} any more: all of its images are broken "
        "and were left out"
    )


def _decoded(
    names: list[str],
    labels: np.ndarray,
    content: Callable[[int], bytes],
    form: Form,
    skip: bool,
) -> Part:
    made: list[np.ndarray] = []
    kept: list[int] = []
    broken: list[tuple[str, str]] = []
    for index, name in enumerate(names):
        try:
            made.append(decode(content(index), form))
            kept.append(index)
        except (UndecodableError, OSError) as error:
            broken.append((name, str(error)))
    if broken and not skip:
        raise broken_images(broken)
    sizes = {image.shape for image in made}
    if len(sizes) > 1:
        raise ValueError(
            f"size (=None) must be given: the images have {len(sizes)} different sizes, such as "
            f"{' and '.join(str(shape[:2]) for shape in sorted(sizes)[:2])}"
        )
    height, width = form.size or (0, 0)
    images = np.stack(made) if made else np.zeros((0, height, width, form.channels), np.uint8)
    lost = np.delete(labels, kept)
    return Part(images, labels[kept], tuple(name for name, _ in broken), tuple(map(int, lost)))


def broken_images(broken: Sequence[tuple[str, str]]) -> BrokenImageError:
    """The error that names all of these images, each with its reason."""
    (first, reason), *others = broken
    more = ""
    if others:
        named = ", ".join(name for name, _ in others[:_SHOWN])
        dots = ", ..." if len(others) > _SHOWN else ""
        more = f"; {len(others)} more cannot: {named}{dots}"
    return BrokenImageError(
        f'{reason}{more} (on_error="skip" leaves such images out; in workflows skip_broken, in commands --skip-broken)',
        path=first,
        names=tuple(name for name, _ in broken),
    )
