"""How good a network is on a set."""

from dataclasses import dataclass

import numpy as np

from jaxcnn.functional._arguments import an_int


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Answers of a network to a set, in the order of the set.

    Attributes:
        labels: ``(number,)`` true classes.
        predictions: ``(number,)`` predicted classes.
        confidences: ``(number,)`` probabilities of the predicted classes.
        losses: ``(number,)`` cross-entropies, in nats.
        num_classes: Number of classes.

    >>> answers = np.array([0, 1, 1])
    >>> result = Evaluation(np.array([0, 1, 0]), answers, np.full(3, 0.9), np.zeros(3), 2)
    >>> round(result.accuracy, 3), result.confusion.tolist(), result.worst(5).tolist()
    (0.667, [[1, 1], [0, 1]], [2])
    """

    labels: np.ndarray
    predictions: np.ndarray
    confidences: np.ndarray
    losses: np.ndarray
    num_classes: int

    def __repr__(self) -> str:
        counts = f"{self.correct} of {len(self.labels)}"
        return f"Evaluation(accuracy {self.accuracy:.4f} ({counts}), loss {self.loss:.4f})"

    @property
    def loss(self) -> float:
        """Mean cross-entropy, in nats."""
        return float(self.losses.mean(dtype=np.float64))

    @property
    def correct(self) -> int:
        """Number of right answers."""
        return int((self.labels == self.predictions).sum())

    @property
    def accuracy(self) -> float:
        """Share of right answers."""
        return self.correct / len(self.labels)

    @property
    def confusion(self) -> np.ndarray:
        """``(classes, classes)`` counts; row: true class, column: predicted class."""
        return confusion_matrix(self.labels, self.predictions, self.num_classes)

    def worst(self, number: int) -> np.ndarray:
        """Positions of the wrong answers of highest loss, the worst first, at most ``number``."""
        wrong = np.flatnonzero(self.labels != self.predictions)
        order = np.argsort(-self.losses[wrong], kind="stable")
        return wrong[order][: an_int("number", number, 1)]


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, num_classes: int) -> np.ndarray:
    """Counts how often each class was taken for each other one.

    Args:
        labels: ``(number,)`` true classes.
        predictions: ``(number,)`` predicted classes.
        num_classes: Number of classes.

    Returns:
        ``(classes, classes)`` counts; row: true class, column: predicted class.

    Raises:
        ValueError: The two differ in length, or a class is out of range.

    >>> confusion_matrix(np.array([0, 1, 1]), np.array([0, 0, 1]), 2).tolist()
    [[1, 0], [1, 1]]
    """
    labels, predictions = np.asarray(labels), np.asarray(predictions)
    if labels.shape != predictions.shape:
        raise ValueError(
            f"predictions has shape {predictions.shape}, but must be {labels.shape} as labels"
        )
    for name, values in (("labels", labels), ("predictions", predictions)):
        if values.size and not (values.min() >= 0 and values.max() < num_classes):
            raise ValueError(f"{name} must be classes from 0 to {num_classes - 1}")
    counts = np.bincount(labels * num_classes + predictions, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)
