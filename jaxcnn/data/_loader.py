"""Batches, in an order that a seed determines; the place in it can be saved and taken up again."""

import copy
import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ._arguments import MOST_WORKERS, check_int, check_shard
from ._epoch import Plan, batches, batches_of_processes
from ._images import form
from ._load import checked_dtype
from ._open import Name, open_source
from ._order import filled, shuffled
from ._prepare import skips
from ._shares import Share
from ._sources import Part, Source, tell_emptied

_KEYS = ("image", "label")


def loader(
    name: Name,
    split: str = "train",
    *,
    batch_size: int,
    shuffle: bool = True,
    seed: int = 0,
    drop_last: bool = False,
    fill_last: bool = False,
    workers: int = 0,
    shard: tuple[int, int] = (0, 1),
    as_tuple: bool = False,
    size: int | tuple[int, int] | None = None,
    fit: str = "crop",
    channels: int = 3,
    dtype: Any = "float32",
    label: str = "label",
    upright: bool = True,
    on_error: str = "raise",
    data_dir: str | os.PathLike[str] | None = None,
) -> "Loader":
    """Opens a split to be read batch by batch.

    Args:
        name: As for `load`.
        split: Which part.
        batch_size: Examples of a batch, over all shards.
        shuffle: Whether each epoch has an order of its own; else the set's order.
        seed: Determines the orders, together with the number of the epoch, on every machine.
        drop_last: Whether a last batch that is not full is left out.
        fill_last: Whether it is filled up with the first examples of the epoch.
        workers: Processes that read ahead. 0 reads in threads of this process. A program that uses
            some must guard its main part by ``if __name__ == "__main__":``.
        shard: This host's number, and how many hosts there are: it gets its share of every batch.
        as_tuple: Whether a batch is `(images, labels)`, not `{"image": ..., "label": ...}`.
        size: As for `load`; so are the arguments that follow.
        fit: "crop" or "stretch".
        channels: 3 or 1.
        dtype: "float32" for 0 to 1, or "uint8".
        label: Which label.
        upright: Whether photographs are turned as their EXIF orientation says.
        on_error: "raise", or "skip": images that cannot be decoded are left out, so that a batch
            can be shorter; `Loader.skipped` names them. A class of which nothing is left is told.
        data_dir: Folder of prepared sets.

    Returns:
        The loader, at the start of epoch 0.

    Raises:
        ValueError: An argument is out of range, or a file breaks a rule (`DataFileError`).
        NotPreparedError: The set must be prepared first.

    >>> batches = loader("mnist_10k", batch_size=128, seed=1)
    >>> len(batches), next(iter(batches))["image"].shape
    (63, (128, 28, 28, 1))
    """
    source = open_source(
        name,
        split,
        form(size, fit, channels, upright),
        label=label,
        skip=skips(on_error),
        data_dir=data_dir,
    )
    return Loader(
        source,
        batch_size=batch_size,
        shuffle=shuffle,
        seed=seed,
        drop_last=drop_last,
        fill_last=fill_last,
        workers=workers,
        shard=shard,
        as_tuple=as_tuple,
        dtype=dtype,
    )


class Loader:
    """Goes through a split once for each ``for`` loop; made by `loader`.

    A loop that is left early is taken up by the next one. There is one place in the order, so one
    loop at a time: a second one ends the first. `state` and `restore` carry the place to another
    process; the number of workers may differ there.

    Attributes:
        source: What is read.
        class_names: One name for each class.
        epoch: The epoch that the next loop reads, or goes on with.
        position: Batches of that epoch that have been given.
        skipped: Names of images that could not be decoded, so far; also by loaders made of this one.

    >>> batches = loader("iconic", "all", batch_size=64, as_tuple=True)
    >>> for images, labels in batches:
    ...     break
    >>> batches.state()["position"], len(list(batches)), batches.epoch
    (1, 3, 1)
    """

    def __init__(
        self,
        source: Source,
        *,
        batch_size: int,
        shuffle: bool = True,
        seed: int = 0,
        drop_last: bool = False,
        fill_last: bool = False,
        workers: int = 0,
        shard: tuple[int, int] = (0, 1),
        as_tuple: bool = False,
        dtype: Any = "float32",
        order: Callable[[int, int, int], np.ndarray] = shuffled,
    ) -> None:
        check_int("batch_size", batch_size, 1, 2**31)
        check_int("workers", workers, 0, MOST_WORKERS)
        check_int("seed", seed, 0, 2**64 - 1)
        check_shard(shard, batch_size, drop_last or fill_last)
        if drop_last and fill_last:
            raise ValueError("fill_last (=True) must not be given together with drop_last")
        if (drop_last or fill_last) and batch_size > len(source):
            raise ValueError(
                f"batch_size (={batch_size}) must be at most {len(source)}, the number of examples "
                f"of split {source.split!r} of {source.name!r}, or there is no full batch"
            )
        self.source = source
        self.class_names = source.class_names
        self.epoch = 0
        self.position = 0
        self._skipped: dict[str, None] = {}  # in order; shared with loaders made of this one
        self._loop: object = None  # the one that may go on
        self._size, self._drop_last, self._fill_last = batch_size, drop_last, fill_last
        self._share = Share(shard[0], shard[0] + 1, shard[1])
        self._shuffle, self._seed, self._workers = shuffle, seed, workers
        self._as_tuple, self._dtype = as_tuple, checked_dtype(dtype)
        self._shuffled = order  # (count, seed, epoch) -> rows

    def __len__(self) -> int:
        """Returns the number of batches of an epoch."""
        count = len(self.source)
        return count // self._size if self._drop_last else -(-count // self._size)

    @property
    def skipped(self) -> tuple[str, ...]:
        """Names of images that could not be decoded, so far."""
        return tuple(self._skipped)

    def __iter__(self) -> Iterator[Any]:
        """Yields the batches that are left of this epoch; then the epoch is over.

        Raises:
            RuntimeError: Another loop over this loader, or `restore`, has moved its place since.
        """
        loop = self._loop = object()
        plan = Plan(self.source, self._order(), self._size, self._share, self._dtype, len(self))
        if self._workers:
            stream = batches_of_processes(plan, self.position, self._workers)
        else:
            stream = batches(plan, self.position)
        read = []
        whole = not self.position and self._share.parts == 1
        try:
            for part in stream:
                self.position += 1
                read.append(Part(part.images[:0], part.labels, lost=part.lost))
                self._skipped.update(dict.fromkeys(part.skipped))
                if len(part.labels) or not part.skipped:
                    pair = part.images, part.labels
                    yield pair if self._as_tuple else dict(zip(_KEYS, pair, strict=True))
                    if self._loop is not loop:
                        raise RuntimeError(
                            "the loader's place was moved by another loop over it, or by restore: "
                            "make a loader for each of the loops that run at the same time"
                        )
        finally:
            stream.close()
        if whole:
            tell_emptied(self.source, read)
        self.epoch, self.position = self.epoch + 1, 0

    def size_of(self, number: int) -> int:
        """Returns how many examples a batch has, over all shards.

        Args:
            number: Which batch of an epoch, from 0.
        """
        if self._fill_last:
            return self._size
        return min(self._size, len(self.source) - number * self._size)

    def in_order(self) -> "Loader":
        """Returns a loader that gives each example once, in the set's order, to judge a network.

        It has a place of its own, at the start.
        """
        other = copy.copy(self)
        other._shuffle = other._drop_last = other._fill_last = False
        other.epoch, other.position = 0, 0
        return other

    def shared(self, share: Share) -> "Loader":
        """Returns a loader of the same batches that reads only some rows of each.

        It may give batches without an example: the last of an epoch, where others have all of it.

        Args:
            share: Which rows.

        Raises:
            ValueError: This loader reads only a shard already, and another one; or broken images
                are left out, so that nobody knows which rows the others have.
        """
        if getattr(self.source, "skip", False):
            raise ValueError(
                'on_error (="skip") must be "raise" where processes share the batches, so that all '
                "know how many examples each has"
            )
        mine = self._share
        if mine.parts > 1 and mine.rows(self._size) != share.rows(self._size):
            raise ValueError(
                f"shard (={(mine.first, mine.parts)}) must be left out, or be the rows that this "
                f"process computes: {share.first} to {share.last} of {share.parts} parts"
            )
        other = copy.copy(self)
        other._share = share
        return other

    def state(self) -> dict[str, int]:
        """Returns the place in the order, as numbers that fit in a JSON file.

        It counts the batches that have been given, so it is right in the body of the loop too.
        """
        return {"epoch": self.epoch, "position": self.position} | self._identity()

    def restore(self, state: dict[str, int]) -> None:
        """Goes to a place that `state` returned: the next loop gives the batch that follows.

        Args:
            state: From a loader of the same data, seed and batch size.

        Raises:
            ValueError: The state is of another order, or of no loader.
        """
        for key, value in self._identity().items():
            if state.get(key) != value:
                raise ValueError(
                    f"state (={state!r}) must be of the same order, but has {key} "
                    f"{state.get(key)!r}, not {value}"
                )
        epoch, position = state.get("epoch"), state.get("position")
        if not isinstance(epoch, int) or not isinstance(position, int) or epoch < 0:
            raise ValueError(f"state (={state!r}) must have an epoch and a position")
        if not 0 <= position <= len(self):
            raise ValueError(f"state (={state!r}) must have a position of 0 to {len(self)}")
        self.epoch, self.position, self._loop = epoch, position, None

    def _identity(self) -> dict[str, int]:
        return {
            "examples": len(self.source),
            "batch_size": self._size,
            "seed": self._seed,
            "shuffle": int(self._shuffle),
            "drop_last": int(self._drop_last),
            **({"fill_last": 1} if self._fill_last else {}),
        }

    def _order(self) -> np.ndarray:
        count = len(self.source)
        order = self._shuffled(count, self._seed, self.epoch) if self._shuffle else np.arange(count)
        return filled(order, self._size) if self._fill_last else order
