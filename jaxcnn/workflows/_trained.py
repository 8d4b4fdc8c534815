"""What a training gives."""

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxcnn.training import Evaluation, History

    from ._parts import Part, StreamedPart


@dataclass(frozen=True)
class TrainingResult:
    """A network that has been trained, and how good it is.

    Attributes:
        model: The network, in evaluation mode, with ``class_names`` and ``preprocessing``.
        network: What it was made from: a name, or a file.
        data: The set that it was trained on.
        history: Its epochs.
        evaluation: How it does on the set's test part.
        test: That part: ``images_of(rows)``, ``class_names``.
        train_accuracy: On the training set; None where that was not measured.

    >>> TrainingResult.__dataclass_fields__.keys() >= {"model", "history", "evaluation"}
    True
    """

    model: Any
    network: str
    data: str
    history: "History"
    evaluation: "Evaluation"
    test: "Part | StreamedPart"
    train_accuracy: float | None = None

    def __repr__(self) -> str:
        return (
            f"TrainingResult({self.network!r} on {self.data!r}, {len(self.history)} epochs, "
            f"{self.steps} steps, test: {self.evaluation})"
        )

    @property
    def seconds(self) -> float:
        """Of all epochs, interruptions left out."""
        return round(sum(self.history["seconds"]), 3)

    @property
    def steps(self) -> int:
        """Optimiser steps in all: batches that it was trained on."""
        return self.history["step"][-1]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the network, as `jaxcnn.transfer.save_model` does.

        Args:
            path: The file, such as ``photos.safetensors``.

        Raises:
            OSError: It cannot be written.
        """
        from jaxcnn.transfer import save_model

        save_model(self.model, path, class_names=self.test.class_names)

    def to_dict(self) -> dict[str, Any]:
        """The figures, as JSON can hold them."""
        learned = {} if self.train_accuracy is None else {"train_accuracy": self.train_accuracy}
        return {
            "model": self.network,
            "data": self.data,
            "epochs": len(self.history),
            "steps": self.steps,
            "seconds": self.seconds,
            **learned,
            "test_accuracy": self.evaluation.accuracy,
            "history": self.history.rows,
        }
