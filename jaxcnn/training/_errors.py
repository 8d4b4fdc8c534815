"""What can go wrong while training; wrong arguments are ``ValueError``.

TrainingError
├── DivergedError     (also FloatingPointError)
├── CheckpointError   (also OSError)
└── ProcessLostError     (also ConnectionError)
"""

import os


class TrainingError(Exception):
    """Training cannot go on.

    >>> issubclass(DivergedError, TrainingError)
    True
    """


class DivergedError(TrainingError, FloatingPointError):
    """The loss or a gradient is NaN or infinite, in training or in validation.

    In training the update was not made: the model has the weights from before that step. A network
    whose statistics overflowed (batch normalisation's) may learn, and yet be useless afterwards:
    that shows in validation, and the model has the weights of that epoch.

    Attributes:
        epoch: The epoch, from 1.
        step: The batch since the beginning of the training, from 1.
        loss: The loss of that batch, or of the validation set after it.

    >>> str(DivergedError(2, 130, float("nan"))).partition(":")[0]
    'loss or gradient not finite (loss nan) at step 130, epoch 2'
    """

    def __init__(
        self,
        epoch: int,
        step: int,
        loss: float,
        kept: str | None = None,
        *,
        validation: bool = False,
    ) -> None:
        self.epoch, self.step, self.loss = epoch, step, loss
        where = f"; the last good checkpoint is in {kept}" if kept else ""
        if validation:
            said = (
                f"validation loss not finite ({loss}) after step {step}, epoch {epoch}: weights or "
                "statistics of the network have grown out of range"
            )
            cure = "try a lower learning_rate, or clip"
        else:
            said = (
                f"loss or gradient not finite (loss {loss}) at step {step}, epoch {epoch}: the "
                "weights are those from before it"
            )
            cure = "if the images hold no NaN, try a lower learning_rate, or clip"
        super().__init__(f"{said}; {cure}{where}")


class CheckpointError(TrainingError, OSError):
    """A checkpoint cannot be written or read; those written before are untouched.

    >>> str(CheckpointError("runs/1", "written", "No space left on device"))
    "checkpoints (='runs/1') cannot be written: No space left on device"
    """

    def __init__(self, folder: str | os.PathLike[str], verb: str, reason: object) -> None:
        super().__init__(f"checkpoints (={os.fspath(folder)!r}) cannot be {verb}: {reason}")


class ProcessLostError(TrainingError, ConnectionError):
    """Another process that trains along has ended, or cannot be reached.

    What the devices held is lost: the model has the weights from before the training.

    >>> str(ProcessLostError("connection reset by peer")).partition(":")[0]
    'another process has ended or cannot be reached'
    """

    def __init__(self, reason: object) -> None:
        super().__init__(
            f"another process has ended or cannot be reached: {reason}; start all of them again, "
            "from a checkpoint if there is one (resume)"
        )
