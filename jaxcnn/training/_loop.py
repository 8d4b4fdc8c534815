"""The loop: batches, epochs, what is remembered between them, and how it ends early."""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp

from ._ahead import Ahead
from ._checkpoint import Checkpoints
from ._errors import DivergedError
from ._evaluate import judge_source
from ._feature_source import FeatureSource
from ._history import History
from ._interrupt import StopRequest, deferred_signals
from ._model_state import Arrays, Blueprint, TrainState
from ._parallel import Placement
from ._progress import Progress
from ._settings import Settings
from ._snapshot import restore, take
from ._sources import BatchSource, Part, check_labels, parts_of
from ._step import BatchMetrics, Judged

Step = Callable[..., tuple[TrainState, BatchMetrics]]
_AHEAD = 2  # steps given to the device before the first loss is waited for
_AGREE_EVERY = 10  # batches between two questions to the other hosts


@dataclass(frozen=True)
class Job:
    """What stays the same during a training."""

    settings: Settings
    source: BatchSource
    validation: BatchSource | None
    blueprint: Blueprint
    placement: Placement
    frozen: Arrays
    num_classes: int
    steps: Mapping[int, Step]  # by the number of epochs done before the first that it serves
    judge: Callable[..., Judged]
    learning_rate: Callable[[Any], Any] | None
    progress: Progress
    checkpoints: Checkpoints | None = None
    checkpoint_steps: int | None = None
    groups: Sequence[Mapping[str, Any]] = ()  # what a checkpoint is compared by

    def step_of(self, epoch: int) -> Step:
        """The step of the epoch after so many."""
        return self.steps[max(first for first in self.steps if first <= epoch)]


@dataclass
class Position:
    """How far a training is; with the arrays, all that it needs to go on.

    Attributes:
        epoch, batch: Epochs and batches of the next one that are done.
        step: Batches that are done in all.
        seconds: Spent so far.
        waiting: Seconds of this epoch in which the loop had no batch to go on with.
        loss, correct, examples: Sums over the batches of this epoch.
        rows: The history.
        best_loss, best_epoch: Where the validation loss was lowest.
    """

    epoch: int = 0
    batch: int = 0
    step: int = 0
    seconds: float = 0.0
    waiting: float = 0.0
    loss: float = 0.0
    correct: int = 0
    examples: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    best_loss: float | None = None
    best_epoch: int = 0


class Loop:
    """One training.

    Args:
        job: What to do.
        state: Where to begin; it is used up.

    Attributes:
        state: The arrays now.
        best: Trained and other arrays of the best epoch, when `Settings.patience` asks for them.
        position: How far it is.
        history: The epochs done.
    """

    def __init__(self, job: Job, state: TrainState) -> None:
        self.job, self.state = job, state
        self.position, self.history = Position(), History()
        self.best: tuple[Arrays, Arrays] | None = None
        self._pending: deque[tuple[int, BatchMetrics]] = deque()
        self._since = 0.0

    def resume(self) -> None:
        """Goes to where the newest checkpoint was taken."""
        assert self.job.checkpoints is not None
        self.state, self.best, self.position = restore(
            self.job.checkpoints.load(), self.job, self.state, Position
        )
        self.history = History(self.position.rows)

    def run(self) -> None:
        """Trains until the last epoch, or until there was no progress for long enough.

        Raises:
            DivergedError: A loss is not finite.
            CheckpointError: A checkpoint cannot be written.
            KeyboardInterrupt: It was interrupted; a checkpoint has been taken.
        """
        job = self.job
        self._since = time.monotonic() - self.position.seconds
        try:
            self._prepare()
            job.progress.start(job.settings.epochs, len(job.source))
            with deferred_signals() as stop:
                while not self._over():
                    self._train(stop)
                    self._finish_epoch(stop)
        finally:
            job.progress.close()
        if self.best is not None:
            trainable, others = self.best
            self.state = self.state._replace(trainable=trainable, others=others)

    def _prepare(self) -> None:
        """Computes features, unless nothing is left to train; Ctrl-C ends this at once."""
        for source in (self.job.source, self.job.validation):
            if isinstance(source, FeatureSource) and not self._over():
                source.prepare(getattr(self.job.progress, "preparing", None))

    def _over(self) -> bool:
        position, settings = self.position, self.job.settings
        waited = position.epoch - position.best_epoch
        tired = settings.patience is not None and waited >= settings.patience
        return position.epoch >= settings.epochs or tired

    def _train(self, stop: StopRequest) -> None:
        job, position = self.job, self.position
        total, step = len(job.source), job.step_of(position.epoch)
        if position.batch < total:
            before = position.waiting
            batches = parts_of(job.source, job.placement, position.epoch, position.batch)
            with Ahead(batches, self._placed) as ahead:
                for size, images, labels in ahead:
                    position.waiting = before + ahead.waited
                    self.state, metrics = step(self.state, job.frozen, images, labels)
                    self._pending.append((size, metrics))
                    position.batch += 1
                    position.step += 1
                    self._collect(_AHEAD)
                    if position.batch == total:
                        break  # what else a source may have is not of this epoch
                    self._pause(stop)
        if position.batch < total:
            raise ValueError(
                f"data gave {position.batch} batches in epoch {position.epoch + 1}, but its length "
                f"is {total}"
            )
        self._collect(0)

    def _placed(self, part: Part) -> Part:
        size, images, labels = part
        placement = self.job.placement
        labels = check_labels("labels", labels, self.job.num_classes)
        placement.check_batch(size)
        return size, placement.divide(images, size), placement.divide(labels, size)

    def _collect(self, ahead: int) -> None:
        """Waits for the metrics of all steps but the last ``ahead``."""
        position = self.position
        while len(self._pending) > ahead:
            size, metrics = self._pending.popleft()
            loss = float(metrics.loss)
            if not bool(metrics.finite):
                folder = self.job.checkpoints
                kept = str(folder.folder) if folder and not folder.empty else None
                step = position.step - len(self._pending)
                raise DivergedError(position.epoch + 1, step, loss, kept)
            position.loss += loss * size
            position.correct += int(metrics.correct)
            position.examples += size
            self.job.progress.batch(
                position.epoch + 1,
                position.batch - len(self._pending),
                size,
                position.loss / position.examples,
                position.correct / position.examples,
            )

    def _pause(self, stop: StopRequest) -> None:
        """Between two batches: takes a checkpoint when it is time, or to leave."""
        every, step = self.job.checkpoint_steps, self.position.step
        if self._leaving(stop):
            self._leave(stop)
        elif every is not None and step % every == 0:
            self._save()

    def _leaving(self, stop: StopRequest) -> bool:
        placement = self.job.placement
        if placement.hosts == 1:
            return bool(stop)
        return self.position.step % _AGREE_EVERY == 0 and placement.any_host(bool(stop))

    def _leave(self, stop: StopRequest) -> None:
        self._save()
        raise stop.leave()

    def _save(self) -> None:
        self._collect(0)  # never a checkpoint of a training that has diverged
        self.position.seconds = time.monotonic() - self._since
        self.position.rows = self.history.rows
        if self.job.checkpoints is not None:
            self.job.checkpoints.save(*take(self.job, self.state, self.best, self.position))

    def _finish_epoch(self, stop: StopRequest) -> None:
        job, position = self.job, self.position
        found = self._validate(stop)
        position.epoch += 1
        rate = job.learning_rate
        row = self.history.append(
            epoch=position.epoch,
            step=position.step,
            learning_rate=rate and float(rate(position.step // job.settings.accumulate)),
            loss=position.loss / position.examples,
            accuracy=position.correct / position.examples,
            validation_loss=found and found.loss,
            validation_accuracy=found and found.accuracy,
            seconds=round(time.monotonic() - self._since, 3),
            waiting=round(position.waiting, 3),
        )
        if job.settings.patience is not None and found is not None:
            self._keep_if_best(found.loss)
        position.batch, position.examples, position.correct, position.loss = 0, 0, 0, 0.0
        position.waiting = 0.0
        job.progress.epoch(row)
        self._save()
        if not self._over() and job.placement.any_host(bool(stop)):
            raise stop.leave()

    def _validate(self, stop: StopRequest) -> Any:
        job = self.job
        if job.validation is None:
            return None

        def between() -> None:
            if job.placement.hosts == 1 and stop:
                self._leave(stop)

        arrays = (self.state.trainable, job.frozen, self.state.others)
        return judge_source(
            job.judge, arrays, job.validation, job.placement, job.num_classes, between
        )

    def _keep_if_best(self, loss: float) -> None:
        position = self.position
        if position.best_loss is None or loss < position.best_loss:
            position.best_loss, position.best_epoch = loss, position.epoch
            copies = jax.tree.map(jnp.copy, (self.state.trainable, self.state.others))
            self.best = copies  # the next step uses up the originals
