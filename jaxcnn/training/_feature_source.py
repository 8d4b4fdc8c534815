"""Batches of what the first layers of a network compute, which is computed once."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jaxcnn.transfer._features import runner

from ._sources import ArraySource, Batch

_AT_ONCE = 32


class FeatureSource(ArraySource):
    """Features in memory, computed before the first batch is asked for.

    Until then it knows how many there will be, and their shape, so that a training that is found to
    be wrong, or to be over, computes none. Images are read batch by batch; none is kept.

    Args:
        model: The network.
        name: Path of the layer whose output is learnt from.
        shape: Of that output, for one example.
        source: The images, read once: arrays in their order, or the batches of epoch 0.
        batch_size, shuffle, seed: As for `ArraySource`.

    Raises:
        ValueError: As `ArraySource`.
    """

    def __init__(
        self,
        model: Any,
        name: str,
        shape: tuple[int, ...],
        source: Any,
        batch_size: int,
        *,
        shuffle: bool,
        seed: int = 0,
    ) -> None:
        self._source, self._model, self._name = source, model, name
        number = _number_of(source)
        if number is None:
            images, labels = self._computed(len(source) * len(next(source.batches(0))[1]))
            self._source = None
        else:
            images = np.broadcast_to(np.float32(0), (number, *shape))
            labels = getattr(source, "labels", np.zeros(number, np.int32))
        super().__init__(images, labels, batch_size, shuffle=shuffle, seed=seed)

    def prepare(self, told: Callable[[int, int], None] | None = None) -> None:
        """Computes the features, if this has not been done.

        Args:
            told: Called with the number of images done and of all.

        Raises:
            ValueError: The source gives other images than it said, or a file cannot be read.
        """
        if self._source is None:
            return
        number = len(self.labels)
        images, labels = self._computed(number, told)
        if len(labels) != number:
            raise ValueError(f"data gave {len(labels)} examples, but must give {number}")
        self.images, self.labels, self._source = images, labels, None

    def batches(self, epoch: int, start: int = 0) -> Iterator[Batch]:
        """The batches of one epoch, from number ``start`` on."""
        self.prepare()
        yield from super().batches(epoch, start)

    def _computed(
        self, most: int, told: Callable[[int, int], None] | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Features and labels of all images; ``most`` is never fewer than there are."""
        labels: list[np.ndarray] = []
        run, features, done = None, np.empty(0), 0
        for images, answers in _in_order(self._source):
            run = run or runner(self._model, [self._name], None, len(images))
            found = run(images)[self._name]
            if not done:
                features = np.empty((most, *found.shape[1:]), found.dtype)
            if done + len(found) > most:
                raise ValueError(f"data must give at most {most} examples, as its length says")
            features[done : done + len(found)] = found
            done += len(found)
            labels.append(np.asarray(answers))
            if told is not None:
                told(done, most)
        if not done:
            raise ValueError("data must have at least one batch, but has none")
        return features[:done], np.concatenate(labels)


def _in_order(source: Any) -> Iterator[Batch]:
    if not isinstance(source, ArraySource):
        yield from source.batches(0)
        return
    for start in range(0, len(source.labels), _AT_ONCE):
        yield source.images[start : start + _AT_ONCE], source.labels[start : start + _AT_ONCE]


def _number_of(source: Any) -> int | None:
    """How many examples a source will give, if that is known before they are read."""
    if isinstance(source, ArraySource):
        return len(source.labels)
    loader: Any = getattr(source, "loader", None)
    if not hasattr(loader, "state") or getattr(loader.source, "skip", False):
        return None
    place = loader.state()
    full = len(loader) * place["batch_size"]
    return full if place.get("fill_last") else min(place["examples"], full)
