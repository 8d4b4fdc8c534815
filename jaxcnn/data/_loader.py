"""Batches, in an order that a seed determines; the place in it can be saved and taken up again."""

import copy
import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ._epoch import Plan, batches, batches_of_processes
from ._images import form
from ._load import checked_dtype
from ._open import Name, open_source
from ._order import shuffled
from ._prepare import skips
from ._shares import Share
from ._sources import Source

_MOST_WORKERS = 256
_KEYS = ("image", "label")


def loader(
    name: Name,
    split: str = "train",
    *,
    batch_size: int,
    shuffle: bool = True,
    seed: int = 0,
    drop_last: bool = False,
    workers: int = 0,
    shard: tuple[int, int] = (0, 1),
    as_tuple: bool = False,
    size: int | tuple[int, int] | None = None,
    fit: str = "crop",
    channels: int = 3,
    dtype: Any = "float32",
    label: str = "label",
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
        workers: Processes that read ahead. 0 reads in threads of this process. A program that uses
            some must guard its main part by ``if __name__ == "__main__":``.
        shard: This host's number, and how many hosts there are: it gets its share of every batch.
        as_tuple: Whether a batch is `(images, labels)`, not `{"image": ..., "label": ...}`.
        size: As for `load`; so are the arguments that follow.
        fit: "crop" or "stretch".
        channels: 3 or 1.
        dtype: "float32" for 0 to 1, or "uint8".
        label: Which label.
        on_error: "raise", or "skip": images that cannot be decoded are left out, so that a batch
            can be shorter; `Loader.skipped` names them.
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
        name, split, form(size, fit, channels), label=label, skip=skips(on_error), data_dir=data_dir
    )
    return Loader(
        source,
        batch_size=batch_size,
        shuffle=shuffle,
        seed=seed,
        drop_last=drop_last,
        workers=workers,
        shard=shard,
        as_tuple=as_tuple,
        dtype=dtype,
    )


class Loader:
    """Goes through a split once for each ``for`` loop; made by `loader`.

    A loop that is left early is taken up by the next one. `state` and `restore` carry the place to
    another process; the number of workers may differ there.

    Attributes:
        source: What is read.
        class_names: One name for each class.
        epoch: The epoch that the next loop reads, or goes on with.
        position: Batches of that epoch that have been given.
        skipped: Names of images that could not be decoded, so far.

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
        workers: int = 0,
        shard: tuple[int, int] = (0, 1),
        as_tuple: bool = False,
        dtype: Any = "float32",
        order: Callable[[int, int, int], np.ndarray] = shuffled,
    ) -> None:
        _check_int("batch_size", batch_size, 1, 2**31)
        _check_int("workers", workers, 0, _MOST_WORKERS)
        _check_int("seed", seed, 0, 2**64 - 1)
        self._check_shard(shard, batch_size, drop_last)
        if drop_last and batch_size > len(source):
            raise ValueError(
                f"batch_size (={batch_size}) must be at most {len(source)}, the number of examples "
                f"of split {source.split!r} of {source.name!r}, or there is no full batch"
            )
        self.source = source
        self.class_names = source.class_names
        self.epoch = 0
        self.position = 0
        self.skipped: tuple[str, ...] = ()
        self._size, self._drop_last = batch_size, drop_last
        self._share = Share(shard[0], shard[0] + 1, shard[1])
        self._shuffle, self._seed, self._workers = shuffle, seed, workers
        self._as_tuple, self._dtype = as_tuple, checked_dtype(dtype)
        self._shuffled = order  # (count, seed, epoch) -> rows

    def __len__(self) -> int:
        """Returns the number of batches of an epoch."""
        count = len(self.source)
        return count // self._size if self._drop_last else -(-count // self._size)

    def __iter__(self) -> Iterator[Any]:
        """Yields the batches that are left of this epoch; then the epoch is over."""
        plan = Plan(self.source, self._order(), self._size, self._share, self._dtype, len(self))
        if self._workers:
            stream = batches_of_processes(plan, self.position, self._workers)
        else:
            stream = batches(plan, self.position)
        try:
            for part in stream:
                self.position += 1
                self.skipped += tuple(name for name in part.skipped if name not in self.skipped)
                if len(part.labels) or not part.skipped:
                    pair = part.images, part.labels
                    yield pair if self._as_tuple else dict(zip(_KEYS, pair, strict=True))
        finally:
            stream.close()
        self.epoch, self.position = self.epoch + 1, 0

    def size_of(self, number: int) -> int:
        """Returns how many examples a batch has, over all shards.

        Args:
            number: Which batch of an epoch, from 0.
        """
        return min(self._size, len(self.source) - number * self._size)

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
        self.epoch, self.position = epoch, position

    def _identity(self) -> dict[str, int]:
        return {
            "examples": len(self.source),
            "batch_size": self._size,
            "seed": self._seed,
            "shuffle": int(self._shuffle),
            "drop_last": int(self._drop_last),
        }

    def _order(self) -> np.ndarray:
        count = len(self.source)
        return self._shuffled(count, self._seed, self.epoch) if self._shuffle else np.arange(count)

    @staticmethod
    def _check_shard(shard: tuple[int, int], batch_size: int, drop_last: bool) -> None:
        index, count = shard
        if not 0 <= index < count:
            raise ValueError(f"shard (={shard!r}) must be (number, count) with 0 <= number < count")
        if count > 1 and (batch_size % count or not drop_last):
            raise ValueError(
                f"shard (={shard!r}) needs drop_last=True and a batch_size (={batch_size}) that "
                f"{count} divides, so that all hosts get as many examples"
            )


def _check_int(name: str, value: int, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise ValueError(f"{name} (={value!r}) must be an int")
    if not least <= value <= most:
        raise ValueError(f"{name} (={value!r}) must be from {least} to {most}")
