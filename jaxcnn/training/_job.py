"""What a training is about, and how far it is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ._checkpoint import Checkpoints
from ._model_state import Arrays, Blueprint, TrainState
from ._parallel import Placement
from ._progress import Progress
from ._settings import Settings
from ._sources import BatchSource
from ._step import BatchMetrics, Judged

Step = Callable[..., tuple[TrainState, BatchMetrics]]


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
