"""The loop: batches, epochs, what is remembered between them, and how it ends early."""

import math
import time
from collections import deque
from typing import Any

import jax
import jax.numpy as jnp

from ._ahead import Ahead
from ._checks import check_labels
from ._errors import DivergedError
from ._evaluate import judge_source
from ._feature_source import FeatureSource
from ._history import History
from ._interrupt import StopRequest, deferred_signals
from ._job import Job, Position
from ._model_state import Arrays, TrainState
from ._snapshot import restore, take
from ._sources import Part, parts_of
from ._step import BatchMetrics

_AHEAD = 2  # steps given to the device before the first loss is waited for
_AGREE_EVERY = 10  # batches between two questions to the other hosts


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
                step = position.step - len(self._pending)
                raise DivergedError(position.epoch + 1, step, loss, self._kept)
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

    @property
    def _kept(self) -> str | None:
        """The folder of checkpoints, if there are any."""
        folder = self.job.checkpoints
        return str(folder.folder) if folder and not folder.empty else None

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
        if found is not None and not math.isfinite(found.loss):
            raise DivergedError(
                position.epoch + 1, position.step, found.loss, self._kept, validation=True
            )
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
            seconds=self._seconds_of_the_epoch(),
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

    def _seconds_of_the_epoch(self) -> float:
        """Since the last one, interruptions left out."""
        before = sum(row["seconds"] for row in self.history.rows)
        return round(time.monotonic() - self._since - before, 3)

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
