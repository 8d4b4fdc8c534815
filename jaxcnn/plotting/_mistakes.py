"""The examples on which a network was most wrong."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from jaxcnn.functional._arguments import an_int

from ._figure import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from jaxcnn.training import Evaluation

_COLUMNS = 6


def plot_mistakes(
    images: Any,
    evaluation: "Evaluation",
    class_names: Sequence[str] | None = None,
    *,
    number: int = 24,
) -> "Figure":
    """Draws the wrong answers of highest loss, the worst first, each with what it was taken for.

    Args:
        images: ``(number, height, width, channels)`` with 1, 3 or 4 channels, bytes or floats of 0
            to 1; series ``(number, length, channels)``, drawn as lines; or videos ``(number, frames,
            height, width, channels)``, of which the first, middle and last frame are drawn side by
            side. The set that was evaluated.
        evaluation: The answers, of `jaxcnn.training.evaluate`.
        class_names: One for each class; None means numbers.
        number: At most so many.

    Returns:
        A matplotlib figure; without mistakes, it says so.

    Raises:
        ValueError: There is not one image for each answer, images have other axes, or matplotlib is
            not installed.

    >>> from jaxcnn.training import Evaluation
    >>> right, guess = np.array([0, 1]), np.array([0, 0])
    >>> answers = Evaluation(right, guess, np.array([0.9, 0.8]), np.array([0.1, 1.6]), 2)
    >>> figure = plot_mistakes(np.zeros((2, 8, 8, 1)), answers, ["cat", "dog"])
    >>> figure.axes[0].get_title()
    'dog\\ntaken for cat (80 %)'
    """
    images = np.asarray(images)
    if len(images) != len(evaluation.labels):
        raise ValueError(
            f"images has {len(images)} examples, but evaluation has {len(evaluation.labels)}"
        )
    if images.ndim != 3 and not (images.ndim in (4, 5) and images.shape[-1] in (1, 3, 4)):
        raise ValueError(
            f"images has shape {images.shape}, but must be (number, height, width, 1, 3 or 4), "
            "(number, length, channels), or (number, frames, height, width, 1, 3 or 4)"
        )
    rows = evaluation.worst(an_int("number", number, 1))
    if not len(rows):
        figure = new_figure(4, 1)
        figure.text(0.5, 0.5, "no mistakes", ha="center", va="center")
        return figure
    columns = min(len(rows), _COLUMNS)
    lines = math.ceil(len(rows) / columns)
    figure = new_figure(1.7 * columns + 0.3, 2.1 * lines)
    cells = np.ravel(figure.subplots(lines, columns, squeeze=False))
    for axes, row in zip(cells, rows, strict=False):
        _draw(axes, images[row])
        right, guess = int(evaluation.labels[row]), int(evaluation.predictions[row])
        axes.set_title(
            f"{_called(right, class_names)}\ntaken for {_called(guess, class_names)} "
            f"({100 * evaluation.confidences[row]:.0f} %)",
            size=8,
        )
    for axes in cells[len(rows) :]:
        axes.remove()
    return figure


def _draw(axes: Any, example: np.ndarray) -> None:
    if example.ndim == 2:
        axes.plot(example, linewidth=0.8)
        axes.tick_params(labelsize=6)
        return
    axes.set_axis_off()
    if example.ndim == 4:
        example = np.concatenate([example[0], example[len(example) // 2], example[-1]], axis=1)
    if example.dtype != np.uint8:
        example = np.clip(example.astype(np.float32), 0, 1)
    if example.shape[-1] == 1:
        axes.imshow(
            example[..., 0], cmap="gray", vmin=0, vmax=255 if example.dtype == np.uint8 else 1
        )
    else:
        axes.imshow(example)


def _called(index: int, names: Sequence[str] | None) -> str:
    return names[index] if names is not None else str(index)
