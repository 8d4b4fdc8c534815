"""How long a training is: batch and epochs that suit the size of a set, where nobody chose them."""

from collections.abc import Collection
from math import ceil
from typing import TYPE_CHECKING

from jaxcnn._notice import TrainingWarning, tell

if TYPE_CHECKING:
    from jaxcnn.training import Settings

_FEW_STEPS = 100  # below that hardly any network has learned what it could
_ENOUGH_STEPS = 300
_LEAST_BATCH = 8  # with fewer, a batch's mean and variance say little of the set's


def suited(settings: "Settings", chosen: Collection[str], examples: int) -> "Settings":
    """Settings for a set of so many examples: a network's own are meant for thousands.

    Args:
        settings: The network's own, with what was chosen.
        chosen: Names of the settings that were chosen, which stay.
        examples: To train on.
    """
    size, epochs = settings.batch_size, settings.epochs

    def steps() -> int:
        return epochs * ceil(examples / size)

    if "batch_size" not in chosen:
        size = min(size, examples)
        while steps() < _ENOUGH_STEPS and size > _LEAST_BATCH:
            size = max(size // 2, _LEAST_BATCH)
    if "epochs" not in chosen and steps() < _ENOUGH_STEPS:
        epochs = ceil(_ENOUGH_STEPS / ceil(examples / size))
    return settings.replace(batch_size=size, epochs=epochs)


def head_suited(settings: "Settings", chosen: Collection[str], examples: int) -> "Settings":
    """The same for a head on features that do not change, which a hundred steps are enough for."""
    size, epochs = settings.batch_size, settings.epochs
    if "batch_size" not in chosen:
        size = min(size, examples)
    if "epochs" not in chosen:
        epochs = max(epochs, ceil(_FEW_STEPS / ceil(examples / size)))
    return settings.replace(batch_size=size, epochs=epochs)


def tell_if_few(epochs: int, batch_size: int, examples: int) -> None:
    """Tells of a training that was over before it had begun."""
    steps = epochs * ceil(examples / batch_size)
    if steps < _FEW_STEPS:
        what = "1 step" if steps == 1 else f"{steps} steps"
        tell(
            f"trained for {what} in all (epochs {epochs}, batches of {batch_size} of {examples} "
            f"examples); below {_FEW_STEPS} hardly any network learns what it could: give more "
            "`epochs`, or a smaller `batch_size`",
            TrainingWarning,
        )
