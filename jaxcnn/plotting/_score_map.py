"""Where on an image a network sees what."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from jaxcnn.functional._arguments import an_int

from ._figure import new_figure
from ._labels import label, write_ticks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HEIGHT = 2.6  # inches of one picture


class _Scores(Protocol):
    @property
    def probabilities(self) -> np.ndarray: ...

    @property
    def windows(self) -> np.ndarray: ...

    @property
    def image_size(self) -> tuple[int, int]: ...


def plot_score_map(
    image: Any,
    scores: _Scores,
    class_names: Sequence[str] | None = None,
    *,
    number: int = 2,
    language: str = "en",
) -> "Figure":
    """Lays over an image the probability of a class at each place.

    A place has the probabilities of the windows whose centres are nearest, blended; beyond the outermost
    centres, those of the outermost windows. Dashed: the window where the class is most probable.

    Args:
        image: ``(height, width)`` or ``(height, width, channels)`` with 1, 3 or 4 channels, bytes or
            floats of 0 to 1; the one that was scored, in any size.
        scores: What `jaxcnn.transfer.score_map` returned.
        class_names: One for each class; None means numbers.
        number: Draw at most so many classes, those of the highest probabilities.
        language: Of the words in it, ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure: one picture for each class, below one another if they are wide.

    Raises:
        ValueError: There is not one name for each class, the image has other axes, the language is not
            known, or matplotlib is not installed.

    >>> from jaxcnn.transfer import ScoreMap
    >>> windows = np.array([[[0, 0, 8, 8], [0, 4, 8, 12]]])
    >>> found = ScoreMap(np.array([[[0.9, 0.1], [0.3, 0.7]]]), windows, (8, 12))
    >>> figure = plot_score_map(np.zeros((8, 12)), found, ["cat", "dog"])
    >>> [axes.get_title() for axes in figure.axes[:2]]
    ['cat, up to 90 %', 'dog, up to 70 %']
    """
    classes = scores.probabilities.shape[-1]
    if class_names is not None and len(class_names) != classes:
        raise ValueError(f"class_names has {len(class_names)} entries, but must have {classes}")
    picture = _picture(image)
    highest = scores.probabilities.max((0, 1))
    chosen = np.argsort(-highest, kind="stable")[: an_int("number", number, 1)]
    height, width = scores.image_size
    wide = width > height
    across = min(_HEIGHT * width / height, 9.0)
    down = across * height / width + 0.35
    rows, columns = (len(chosen), 1) if wide else (1, len(chosen))
    figure = new_figure(across * columns + 0.9, down * rows)
    extent = (0, width, height, 0)
    shown: Any = None
    for axes, index in zip(np.ravel(figure.subplots(rows, columns)), chosen, strict=True):
        axes.imshow(picture, extent=extent, cmap="gray")
        heat = _spread(scores.probabilities[..., index], scores.windows, (height, width))
        shown = axes.imshow(heat, extent=extent, cmap="coolwarm", alpha=0.5, vmin=0, vmax=1)
        _outline(axes, scores, int(index))
        name = str(index) if class_names is None else class_names[index]
        share = f"{100 * highest[index]:.0f}"
        axes.set_title(label("up_to", language, name=name, share=share), size=9)
        axes.set_axis_off()
    bar = figure.colorbar(shown, ax=figure.axes, label=label("probability", language))
    write_ticks(bar.ax.yaxis, language)
    return figure


def _outline(axes: Any, scores: _Scores, index: int) -> None:
    from matplotlib.patches import Rectangle

    place = np.unravel_index(
        scores.probabilities[..., index].argmax(), scores.probabilities.shape[:2]
    )
    top, left, bottom, right = (int(edge) for edge in scores.windows[place])
    axes.add_patch(
        Rectangle((left, top), right - left, bottom - top, fill=False, color="gold", ls="--")
    )


def _spread(values: np.ndarray, windows: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A value for each pixel: linear between the centres of windows, constant beyond."""
    down = (windows[:, 0, 0] + windows[:, 0, 2]) / 2
    across = (windows[0, :, 1] + windows[0, :, 3]) / 2
    rows, columns = (np.arange(pixels) + 0.5 for pixels in size)
    stretched = np.stack([np.interp(columns, across, row) for row in values])
    return np.stack([np.interp(rows, down, column) for column in stretched.T], axis=1)


def _picture(image: Any) -> np.ndarray:
    picture = np.asarray(image)
    if picture.ndim == 3 and picture.shape[-1] == 1:
        picture = picture[..., 0]
    if picture.ndim != 2 and not (picture.ndim == 3 and picture.shape[-1] in (3, 4)):
        raise ValueError(
            f"image has shape {picture.shape}, but must be (height, width, 1, 3 or 4 channels)"
        )
    return picture if picture.dtype == np.uint8 else np.clip(picture.astype(np.float32), 0, 1)
