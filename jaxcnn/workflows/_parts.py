"""The sets that are trained and evaluated on, by name: in memory, or read while they are used."""

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jaxcnn._notice import tell
from jaxcnn.data._arguments import MOST_WORKERS
from jaxcnn.data._told import left_out

IN_MEMORY = 2**31  # bytes of decoded images; a larger split is streamed unless told otherwise
_MOST_WORKERS = 8


@dataclass(frozen=True)
class Reading:
    """How the examples of a split are read.

    Attributes:
        stream: Whether batch by batch, each time that they are needed, and not into memory; None
            means when the images would take more than `IN_MEMORY` there.
        workers: Processes that read batches; None means one for two cores, at most 8.
        skip_broken: Whether images that cannot be decoded are left out, and named on stderr.
        upright: Whether photographs are turned as their EXIF orientation says.

    Raises:
        ValueError: There are too many processes.
    """

    stream: bool | None = None
    workers: int | None = None
    skip_broken: bool = False
    upright: bool = True

    def __post_init__(self) -> None:
        if self.workers is not None and not 0 <= self.workers <= MOST_WORKERS:
            raise ValueError(f"workers (={self.workers}) must be from 0 to {MOST_WORKERS}")


PLAIN = Reading()


@dataclass(frozen=True)
class Part:
    """One split in memory: images, labels, a name for each class, and the set's other splits."""

    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    beside: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one example."""
        return self.images.shape[1:]

    def to_learn(self, batch_size: int, seed: int) -> Any:
        """What `training.fit` trains on."""
        return self.images, self.labels

    def to_judge(self, batch_size: int = 250) -> Any:
        """What `training.evaluate` evaluates on, in the set's order."""
        return self.images, self.labels

    def chosen(self, rows: np.ndarray) -> "Part":
        """Some of its examples."""
        return Part(self.images[rows], self.labels[rows], self.class_names)

    def images_of(self, rows: np.ndarray) -> np.ndarray:
        """The images of some rows."""
        return self.images[rows]


@dataclass(frozen=True)
class StreamedPart:
    """One split that is read batch by batch, in the order that it would have in memory.

    Attributes:
        source: Where the examples are.
        class_names: One for each class.
        workers: Processes that read; 0 means threads.
        beside: The set's other splits.
    """

    source: Any
    class_names: tuple[str, ...]
    workers: int
    beside: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.source)

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one example."""
        return self.images_of(np.arange(1)).shape[1:]

    def to_learn(self, batch_size: int, seed: int) -> Any:
        """A loader that gives the batches that `training.fit` would make of arrays."""
        from jaxcnn.training._sources import order_of

        return self._loader(batch_size, seed=seed, fill_last=True, order=order_of)

    def to_judge(self, batch_size: int = 250) -> Any:
        """A loader in the set's order."""
        return self._loader(batch_size, shuffle=False)

    def chosen(self, rows: np.ndarray) -> "StreamedPart":
        """Some of its examples."""
        from jaxcnn.data._sources import ChosenRows

        return StreamedPart(ChosenRows(self.source, rows), self.class_names, self.workers)

    def images_of(self, rows: np.ndarray) -> np.ndarray:
        """The images of some rows."""
        return self.source.read(rows).images

    def _loader(self, batch_size: int, **options: Any) -> Any:
        from jaxcnn.data import Loader

        return Loader(
            self.source,
            batch_size=batch_size,
            workers=self.workers,
            as_tuple=True,
            dtype="uint8",
            **options,
        )


def load_part(
    name: str,
    split: str,
    size: int | None = None,
    label: str = "label",
    *,
    reading: Reading = PLAIN,
) -> Part | StreamedPart:
    """One split of a set or folder.

    Args:
        name: As `jaxcnn.data.load` takes it.
        split: "test" is also found as "val".
        size: Height and width that images are brought to.
        label: Which label, where the set has several.
        reading: How.

    Raises:
        ValueError: There is no such set, split or label, or it is not prepared.
    """
    from jaxcnn.data import _open
    from jaxcnn.data._images import form

    found, beside = split_of(name, split)
    source = _open.open_source(
        name,
        found,
        form(size, "crop", 3, reading.upright),
        label=label,
        skip=reading.skip_broken,
    )
    return part_of(source, reading, beside)


def part_of(
    source: Any, reading: Reading = PLAIN, beside: tuple[str, ...] = ()
) -> Part | StreamedPart:
    """What is read of a source: all of it now, or batches when they are needed.

    Args:
        source: What `jaxcnn.data` has opened, to leave out what is broken if ``reading`` says so.
        reading: How.
        beside: The set's other splits.

    Raises:
        ValueError: It is read now, and a file of it cannot be.
    """
    from jaxcnn.data._load import read_all
    from jaxcnn.data._sources import without_broken

    if _is_large(source) if reading.stream is None else reading.stream:
        workers = reading.workers
        if workers is None:
            workers = min(_MOST_WORKERS, (os.cpu_count() or 1) // 2)
        if reading.skip_broken:  # now, so that the batches of every epoch are whole
            source, skipped = without_broken(source)
            _tell_skipped(skipped)
        return StreamedPart(source, source.class_names, workers, beside)
    images, labels, skipped = read_all(source)
    _tell_skipped(skipped)
    return Part(images, labels, source.class_names, beside)


def _tell_skipped(names: tuple[str, ...]) -> None:
    if names:
        tell(left_out(names))


def split_of(name: str, split: str) -> tuple[str, tuple[str, ...]]:
    """The split of a set that is meant, "test" is also found as "val"; and the set's other splits.

    Raises:
        ValueError: There is no such set or split.
    """
    from jaxcnn.data import NotPreparedError, splits_of
    from jaxcnn.data._split_names import chosen_split

    try:
        known = splits_of(name)
    except (ValueError, NotPreparedError) as error:
        if not str(error).startswith("name (="):
            raise
        kind = NotPreparedError if isinstance(error, NotPreparedError) else ValueError
        raise kind(f"data{str(error).removeprefix('name')}") from error
    for asked in (split, "val") if split == "test" else (split,):
        with contextlib.suppress(ValueError):
            found = chosen_split(asked, known, name)
            return found, tuple(other for other in known if other != found)
    raise ValueError(f"data (={name!r}) must have a split {split!r}, but has {', '.join(known)}")


def tell_unused(name: str, parts: Sequence[Part | StreamedPart]) -> None:
    """Tells which splits of a set are none of those that are used."""
    first, *others = (part.beside for part in parts)
    rest = [split for split in first if all(split in beside for beside in others)]
    if rest:
        tell(f"{name}: not used here: {', '.join(rest)}")


def first_image(source: Any) -> np.ndarray | None:
    """The first image of a source that is not left out; None where it cannot be decoded, which reading tells."""
    from jaxcnn.data import BrokenImageError

    try:
        parts = (source.read(np.array([row])) for row in range(len(source)))
        return next((part.images[0] for part in parts if len(part.images)), None)
    except BrokenImageError:
        return None


def _is_large(source: Any) -> bool:
    """Whether the images would be too many bytes, if all are like the first."""
    first = first_image(source)
    # Reading all of a set whose first image is broken names the others that are broken, too.
    return first is not None and first.nbytes * len(source) > IN_MEMORY


def hold_out(part: Any, share: float, seed: int) -> tuple[Any, Any]:
    """Divides a split at random: what is left to train on, and ``share`` of it to watch.

    Raises:
        ValueError: One of the two would be empty.
    """
    number = round(share * len(part))
    if not 0 < number < len(part):
        raise ValueError(f"validation (={share}) must leave examples on both sides of {len(part)}")
    order = np.random.default_rng(seed).permutation(len(part))
    return part.chosen(np.sort(order[number:])), part.chosen(np.sort(order[:number]))
