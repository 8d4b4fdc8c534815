"""Where batches come from, and what is refused."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

import numpy as np

from jaxcnn.data._order import filled
from jaxcnn.data._shares import Share
from jaxcnn.functional._arguments import an_int

from ._checks import checked_arrays, tell_unscaled
from ._parallel import Placement

Batch = tuple[Any, Any]
Part = tuple[int, Any, Any]  # examples of a batch in all processes, and this process's rows of it


@runtime_checkable
class BatchSource(Protocol):
    """What `fit` and `evaluate` need of a loader: a length, and an order that can be repeated.

    A batch is ``(images, labels)``: ``(batch, *spatial, channels)`` of floats as the network takes
    them, or of bytes, which are divided by 255; and ``(batch,)`` integers.

    >>> isinstance(ArraySource(np.zeros((8, 4, 4, 1)), np.arange(8) % 2, 4), BatchSource)
    True
    """

    def __len__(self) -> int:
        """Number of batches in an epoch."""
        ...

    def batches(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The batches of one epoch, from number ``start`` on.

        Equal arguments give equal batches: a training that was cut off goes on with them. All
        batches of a training have one size.
        """
        ...


class ArraySource:
    """Batches of arrays that are in memory.

    Args:
        images: ``(number, *spatial, channels)``, floats, or bytes that are divided by 255 later.
        labels: ``(number,)`` integers.
        batch_size: Examples in a batch.
        shuffle: Another order in each epoch; then a last batch that is not full is filled up with
            the first examples of that epoch. Otherwise the given order, and a smaller last batch.
        seed: Of the order.

    Raises:
        ValueError: There are no examples, not one label for each, labels are no integers or
            negative, an image holds NaN or infinity, or a batch is larger than the set.

    >>> source = ArraySource(np.zeros((10, 4, 4, 1)), np.arange(10), 4, seed=0)
    >>> len(source), [len(labels) for _, labels in source.batches(epoch=0)]
    (3, [4, 4, 4])
    """

    def __init__(
        self, images: Any, labels: Any, batch_size: int, *, shuffle: bool = True, seed: int = 0
    ) -> None:
        self.images, self.labels = checked_arrays(images, labels)
        self.batch_size = an_int("batch_size", batch_size, 1)
        self.shuffle = shuffle
        self.seed = an_int("seed", seed, 0)
        if shuffle and batch_size > len(self.labels):
            raise ValueError(
                f"batch_size (={batch_size}) must be at most the number of examples "
                f"(={len(self.labels)})"
            )

    def __len__(self) -> int:
        """Number of batches in an epoch."""
        return -(-len(self.labels) // self.batch_size)

    def batches(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The batches of one epoch, from number ``start`` on."""
        for _, images, labels in self.parts(Share(), epoch, start):
            yield images, labels

    def size_of(self, number: int) -> int:
        """Examples of a batch."""
        if self.shuffle:
            return self.batch_size
        return min(self.batch_size, len(self.labels) - number * self.batch_size)

    def parts(self, share: Share, epoch: int, start: int = 0) -> Iterator[Part]:
        """The batches, of each only a share."""
        number = len(self.labels)
        order = np.arange(number)
        if self.shuffle:
            order = filled(order_of(number, self.seed, epoch), self.batch_size)
        for batch in range(start, len(self)):
            rows = order[batch * self.batch_size : (batch + 1) * self.batch_size]
            mine = rows[share.rows(len(rows))]
            yield len(rows), self.images[mine], self.labels[mine]


def order_of(number: int, seed: int, epoch: int) -> np.ndarray:
    """The order in which an `ArraySource` gives its examples in an epoch."""
    return np.random.default_rng((seed, epoch)).permutation(number)


class LoaderSource:
    """Batches of a `jaxcnn.data.Loader`, or of what has its ``epoch``, ``position`` and loop.

    Args:
        loader: What is read; its place is set for each loop.
    """

    def __init__(self, loader: Any) -> None:
        self.loader = loader

    def __len__(self) -> int:
        """Number of batches in an epoch."""
        return len(self.loader)

    def batches(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The batches of one epoch, from number ``start`` on."""
        self.loader.epoch, self.loader.position = epoch, start
        for batch in self.loader:
            yield (batch["image"], batch["label"]) if isinstance(batch, dict) else batch

    def size_of(self, number: int) -> int:
        """Examples of a batch."""
        return self.loader.size_of(number)

    def parts(self, share: Share, epoch: int, start: int = 0) -> Iterator[Part]:
        """The batches, of each only a share; no other image is decoded."""
        mine = LoaderSource(self.loader.shared(share))
        for number, (images, labels) in enumerate(mine.batches(epoch, start), start):
            yield mine.size_of(number), images, labels


class WholeSource:
    """Batches of a source that cannot read less than all of each.

    Args:
        source: What is read.
    """

    def __init__(self, source: BatchSource) -> None:
        self.source = source

    def parts(self, share: Share, epoch: int, start: int = 0) -> Iterator[Part]:
        """The batches, of each only a share."""
        for images, labels in self.source.batches(epoch, start):
            rows = share.rows(len(labels))
            yield len(labels), images[rows], labels[rows]

    def size_of(self, number: int) -> int:
        """Examples of a batch, which is read to know it."""
        return len(next(iter(self.source.batches(0, number)))[1])


def parts_of(
    source: BatchSource, placement: Placement, epoch: int = 0, start: int = 0
) -> Iterator[Part]:
    """The batches of one epoch to train on; of each, what this process computes."""
    if placement.hosts == 1:
        return ((len(labels), images, labels) for images, labels in source.batches(epoch, start))
    return _shareable(source).parts(placement.share, epoch, start)


def judged_parts_of(source: BatchSource, placement: Placement) -> Iterator[Part]:
    """The batches to evaluate on; of each, what this process computes.

    All are cut as the first one is, so that a smaller last one leaves the last processes with fewer
    examples, or none.
    """
    if placement.hosts == 1:
        return parts_of(source, placement)
    found = _shareable(source)
    return found.parts(replace(placement.share, size=placement.filled(found.size_of(0))), 0)


def check_batches(source: BatchSource, placement: Placement) -> None:
    """Refuses, before anything is read, batches that the devices cannot share evenly.

    Raises:
        ValueError: There are such.
    """
    found = _shareable(source)
    if isinstance(found, WholeSource) or (placement.hosts == 1 and isinstance(found, LoaderSource)):
        return  # known only when it is read
    placement.check_batch(found.size_of(0))
    last = found.size_of(len(source) - 1)
    if last % placement.devices:
        raise ValueError(
            f"data has a last batch of {last}, but must have a multiple of the number of devices "
            f"(={placement.devices}): fill it up (fill_last=True)"
        )
    if isinstance(found, LoaderSource):
        found.loader.shared(placement.share)


def _shareable(source: BatchSource) -> "ArraySource | LoaderSource | WholeSource":
    if type(source) is ArraySource or (
        type(source) is LoaderSource and hasattr(source.loader, "shared")
    ):
        return source
    return WholeSource(source)


def first_images(source: BatchSource) -> Any:
    """Some images of a source, to know their shape; of a loader without reading a whole batch."""
    if isinstance(source, ArraySource):
        return source.images
    held = getattr(getattr(source, "loader", None), "source", None)
    part = None if held is None else held.read(np.arange(1))
    if part is not None and len(part.labels):
        return part.images
    images, _ = next(iter(source.batches(0)))
    return images


def as_source(name: str, data: Any, batch_size: int, *, training: bool, seed: int = 0) -> Any:
    """``data`` as a `BatchSource`: one already, a loader, a pair of arrays, or what has such."""
    if all(hasattr(data, part) for part in ("epoch", "position", "__iter__", "__len__")):
        # Answers are given in the set's order, and each example counts once.
        judged = not training and hasattr(data, "in_order")
        data = LoaderSource(data.in_order() if judged else data)
    if isinstance(data, BatchSource):
        if len(data) < 1:
            raise ValueError(f"{name} must have at least one batch, but has none")
        return data
    pair: Any = (data.images, data.labels) if hasattr(data, "images") else data
    if not (isinstance(pair, tuple | list) and len(pair) == 2 and hasattr(data, "__len__")):
        raise ValueError(
            f"{name} must be (images, labels), an object with these two, or have batches(epoch, "
            f"start) and a length, not {type(data).__name__}"
        )
    try:
        source = ArraySource(pair[0], pair[1], batch_size, shuffle=training, seed=seed)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error
    if training and len(np.unique(source.labels)) < 2:
        raise ValueError(
            f"{name}: labels are all {source.labels[0]}, but training needs at least two classes"
        )
    tell_unscaled(name, source.images)
    return source
