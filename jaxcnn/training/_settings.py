"""How a network is trained, as values."""

import dataclasses
import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from jaxcnn.functional._arguments import a_choice, an_int

OPTIMIZERS = ("sgd", "adam", "adamw", "rmsprop")
SCHEDULES = ("constant", "cosine", "linear", "step")


@dataclass(frozen=True)
class Settings:
    """How a network is trained.

    Attributes:
        epochs: Passes over the training set.
        batch_size: Examples in a batch, over all devices together.
        optimizer: ``"sgd"`` (Nesterov), ``"adam"``, ``"adamw"`` or ``"rmsprop"``.
        learning_rate: Its highest value.
        schedule: How it falls from there: ``"constant"``, ``"cosine"`` or ``"linear"`` to zero,
            ``"step"`` to a tenth after half of the updates and again after three quarters.
        warmup: Share of the updates, at the beginning, in which it rises from zero.
        momentum: Of ``"sgd"`` and ``"rmsprop"``.
        weight_decay: Of kernels, not of biases and scales; with ``"adamw"`` apart from the
            gradient, else a part of it.
        clip: Highest norm of the gradient; None leaves it.
        label_smoothing: Share of the target that goes to all classes evenly.
        accumulate: Batches whose gradients are averaged into one update.
        mixed_precision: Compute in bfloat16, with parameters, statistics and loss in float32.
        patience: Epochs without a lower validation loss after which training stops; the best
            weights are kept. None trains to the end and keeps the last.
        seed: Of the order of the examples and of augmentation. Random streams in the model, such
            as dropout's, are its own.

    Raises:
        ValueError: A value is out of range.

    >>> Settings(epochs=3).replace(learning_rate=0.01).schedule
    'cosine'
    """

    epochs: int = 10
    batch_size: int = 64
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    schedule: str = "cosine"
    warmup: float = 0.0
    momentum: float = 0.9
    weight_decay: float = 0.0
    clip: float | None = None
    label_smoothing: float = 0.0
    accumulate: int = 1
    mixed_precision: bool = False
    patience: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value in vars(self).copy().items():
            if isinstance(value, np.generic):  # what a sweep over np.linspace gives
                object.__setattr__(self, name, value.item())
        for name in ("epochs", "batch_size", "accumulate"):
            an_int(name, getattr(self, name), 1)
        an_int("seed", self.seed, 0)
        if self.patience is not None:
            an_int("patience", self.patience, 1)
        a_choice("optimizer", self.optimizer, OPTIMIZERS)
        a_choice("schedule", self.schedule, SCHEDULES)
        _in_range("learning_rate", self.learning_rate, above=0)
        _in_range("weight_decay", self.weight_decay)
        if self.clip is not None:
            _in_range("clip", self.clip, above=0)
        for name in ("warmup", "momentum", "label_smoothing"):
            _in_range(name, getattr(self, name), below=1)
        if not isinstance(self.mixed_precision, bool):
            raise ValueError(f"mixed_precision (={self.mixed_precision!r}) must be true or false")

    def replace(self, **changes: Any) -> "Settings":
        """The same settings but for ``changes``.

        Raises:
            ValueError: A name is unknown, or a value is out of range.
        """
        known = {field.name for field in dataclasses.fields(self)}
        for name in changes:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                meant = f"; did you mean {near[0]!r}?" if near else ""
                raise ValueError(f"{name} must be one of {', '.join(sorted(known))}{meant}")
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """All values by name."""
        return dataclasses.asdict(self)


def _in_range(
    name: str, value: Any, *, above: float | None = None, below: float = math.inf
) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    low = value > above if number and above is not None else number and value >= 0
    if not (low and value < below):
        start = f"above {above}" if above is not None else "at least 0"
        end = "finite" if below == math.inf else f"below {below}"
        raise ValueError(f"{name} (={value!r}) must be a number {start} and {end}")


# What is customary where the networks come from; docs/training.md has what it gives.
_ADAM = Settings(epochs=6, label_smoothing=0.1)
_RESIDUAL = Settings(
    epochs=30,
    batch_size=128,
    optimizer="sgd",
    learning_rate=0.1,
    warmup=0.1,
    weight_decay=5e-4,
)
# Series come in small sets: the running statistics, of which 0.99 is kept at each step as in Keras,
# need some thousand steps. The authors took 1,500 and 2,000 epochs in batches of N / 10.
_SERIES = Settings(epochs=500, batch_size=8)
_TRANSFORMER = Settings(
    epochs=50,
    batch_size=128,
    optimizer="adamw",
    learning_rate=1e-3,
    warmup=0.1,
    weight_decay=0.05,
    clip=1.0,
    label_smoothing=0.1,
)
_BY_PREFIX: Mapping[str, Settings] = {
    "lenet": _ADAM,
    "cifar10_convnet": _ADAM.replace(epochs=20),
    "convnet1d": _SERIES,
    "convnet3d": _ADAM.replace(batch_size=32),
    "fcn": _SERIES,
    "resnet1d": _SERIES,
    "inception_time": _SERIES,
    "vgg": _RESIDUAL.replace(learning_rate=0.02),
    "vit": _TRANSFORMER,
    "": _RESIDUAL,
}


def default_settings(model: str) -> Settings:
    """Settings to start from for a network of `jaxcnn.models`.

    Args:
        model: The name of the network.

    Returns:
        Those of its kind; networks without an entry are trained like residual ones.

    >>> default_settings("lenet").optimizer, default_settings("resnet18").optimizer
    ('adam', 'sgd')
    """
    return max(
        ((prefix, found) for prefix, found in _BY_PREFIX.items() if model.startswith(prefix)),
        key=lambda pair: len(pair[0]),
    )[1]
