"""Which class was taken for which."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ._figure import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NUMBERED = 30  # more classes than this leave no room for counts


def plot_confusion_matrix(counts: np.ndarray, class_names: Sequence[str] | None = None) -> "Figure":
    """Draws a confusion matrix: dark where often, as a share of the true class.

    Args:
        counts: ``(classes, classes)``; row: true class, column: predicted class, as
            `jaxcnn.training.confusion_matrix` counts.
        class_names: One for each class; None means numbers.

    Returns:
        A matplotlib figure.

    Raises:
        ValueError: The matrix is not square, there is not one name for each class, or matplotlib is
            not installed.

    >>> figure = plot_confusion_matrix(np.array([[8, 2], [1, 9]]), ["cat", "dog"])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['8', '2', '1', '9']
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.size == 0:
        raise ValueError(f"counts has shape {counts.shape}, but must be (classes, classes)")
    number = len(counts)
    names = [str(k) for k in range(number)] if class_names is None else list(class_names)
    if len(names) != number:
        raise ValueError(f"class_names has {len(names)} entries, but must have {number}")
    side = 2.5 + 0.45 * min(number, _NUMBERED)
    figure = new_figure(side, side)
    axes = figure.subplots()
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    if number <= _NUMBERED:
        axes.set_xticks(range(number), names, rotation=90 if max(map(len, names)) > 2 else 0)
        axes.set_yticks(range(number), names)
        for (row, column), count in np.ndenumerate(counts):
            if count:
                color = "white" if shares[row, column] > 0.5 else "black"
                axes.text(column, row, str(count), ha="center", va="center", color=color, size=8)
    return figure
