"""The batches of one epoch, read when they are wanted, ahead in threads, or by processes."""

import functools
import multiprocessing
import os
import threading
from collections.abc import Generator
from typing import Any

import numpy as np

from ._errors import DataPackageError
from ._load import converted
from ._shares import Share
from ._sources import ArraySource, Part, Source

_AHEAD = 4  # batches that are read while others are used, in this process


class Plan:
    """All batches of an epoch by number; what a worker process gets.

    Args:
        source: What is read.
        order: ``(examples,)`` rows of it.
        size: Examples of a batch, in all processes.
        share: Which of them this process reads.
        dtype: Of the images.
        count: Number of batches.
    """

    def __init__(
        self,
        source: Source,
        order: np.ndarray,
        size: int,
        share: Share,
        dtype: np.dtype,
        count: int,
    ) -> None:
        self.source, self.order, self.size = source, order, size
        self.share, self.dtype, self.count = share, dtype, count

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        _end_with_parent()

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> Part:
        rows = self.order[number * self.size : (number + 1) * self.size]
        mine = rows[self.share.rows(len(rows))]
        part = self.source.read(mine if len(mine) else rows[:1])
        if not len(mine):  # others have all of it; the shape of an example is wanted all the same
            part = Part(part.images[:0], part.labels[:0])
        part.images = converted(part.images, self.dtype)
        return part


@functools.cache
def _end_with_parent() -> None:
    """Ends a worker process when the program that it reads for is gone; grain's wait forever."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def batches(plan: Plan, start: int) -> Generator[Part, None, None]:
    """The batches from one on: arrays in memory are just cut, all else is read ahead by threads."""
    if isinstance(plan.source, ArraySource):
        for number in range(start, len(plan)):
            yield plan[number]
    elif start < len(plan):
        yield from _closing(_stream(plan, start))


def batches_of_processes(plan: Plan, start: int, workers: int) -> Generator[Part, None, None]:
    """The same, read by processes, which send bytes; they become floats here.

    Grain puts bare arrays into shared memory, which containers have little of, and which it does
    not always free; arrays inside an object that it does not know come through a pipe.
    """
    if start >= len(plan):
        return
    dtype, plan.dtype = plan.dtype, np.dtype(np.uint8)
    _settle_flags()
    options = _grain().MultiprocessingOptions(
        num_workers=min(workers, len(plan) - start), per_worker_buffer_size=2
    )
    for part in _closing(_stream(plan, start).mp_prefetch(options)):
        part.images = converted(part.images, dtype)
        yield part


def _stream(plan: Plan, start: int) -> Any:
    grain = _grain()
    options = grain.ReadOptions(num_threads=_AHEAD, prefetch_buffer_size=_AHEAD)
    return grain.MapDataset.source(plan)[start:].to_iter_dataset(options)


def _closing(stream: Any) -> Generator[Part, None, None]:
    iterator = iter(stream)
    try:
        yield from iterator
    finally:
        iterator.close()  # else its threads and processes live until the interpreter ends


def _grain() -> Any:
    try:
        import grain
    except ImportError as error:
        raise DataPackageError(
            f"reading ahead needs packages that are not here ({error}): "
            "pip install 'jaxcnn[data]' (in a clone: '.[data]')"
        ) from error
    return grain


def _settle_flags() -> None:
    """Grain's processes ask for absl's flags, which only programs started by absl have parsed."""
    from absl import flags

    if not flags.FLAGS.is_parsed():
        flags.FLAGS.mark_as_parsed()
