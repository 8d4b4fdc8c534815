"""A labelled contact sheet: a few examples of every class as one picture."""

import textwrap
from pathlib import Path
from typing import Any

import numpy as np

from jaxcnn.data import DataPackageError, Dataset

from ._figure import write_figure

_MOST_CLASSES = 20
_FRAMES = 3  # of a video: the first, the middle one, the last
_INCH = 1.0


def write_sheet(data: Dataset, path: Path, per_class: int) -> int:
    """Draws a row for each class and writes the picture.

    Args:
        data: Images, series or videos.
        path: The file; its suffix is the format, such as `.png`.
        per_class: Examples of each class.

    Returns:
        The number of classes drawn: at most 20.

    Raises:
        DataPackageError: Matplotlib is missing.
        ValueError: The suffix is of no format.
        OSError: The file cannot be written.
    """
    figure_class = _matplotlib()
    drawn = min(len(data.class_names), _MOST_CLASSES)
    is_series = data.images.ndim == 3
    width = _INCH * (2 if is_series else _FRAMES if data.images.ndim == 5 else 1)
    inches = (1.5 + width * per_class, 0.5 + _INCH * drawn)
    figure = figure_class(figsize=inches, dpi=100, layout="constrained")
    figure.suptitle(f"{data.name}, {data.split}: {len(data)} examples", fontsize=10)
    axes = figure.subplots(drawn, per_class, squeeze=False)
    for label in range(drawn):
        rows = np.flatnonzero(data.labels == label)
        for place, ax in enumerate(axes[label]):
            ax.set_xticks([])
            ax.set_yticks([])
            if place < len(rows):
                _draw(ax, data.images[rows[place]])
            else:
                ax.axis("off")
        name = "\n".join(textwrap.wrap(data.class_names[label], 14)) or "?"
        axes[label][0].set_axis_on()
        axes[label][0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)
    write_figure(figure, path)
    return drawn


def _draw(ax: Any, example: np.ndarray) -> None:
    if example.ndim == 2:
        ax.plot(example, linewidth=0.8)
        return
    if example.ndim == 4:  # frames beside each other, parted by a line
        chosen = example[[0, len(example) // 2, -1]].astype(np.float32)
        line = np.full((*chosen.shape[1:2], 1, chosen.shape[3]), chosen.max(), np.float32)
        example = np.concatenate([chosen[0], line, chosen[1], line, chosen[2]], axis=1)
        example = example / max(float(example.max()), 1.0)
    grey = example.shape[-1] == 1
    ax.imshow(example[..., 0] if grey else example, cmap="gray" if grey else None)


def _matplotlib() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise DataPackageError("a sheet needs Matplotlib: pip install matplotlib") from error
    return Figure
