"""Files that commands write beside their main result, checked before the work begins."""

import dataclasses
import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from jaxcnn.training import Evaluation

    from ._datasets import Part, StreamedPart

_SHOWN = 24  # mistakes in a picture


def check_outputs(files: Mapping[str, Path | None], pictures: tuple[str, ...]) -> None:
    """Refuses what could not be written after minutes of work.

    Args:
        files: Option -> file.
        pictures: Options whose files are drawn.

    Raises:
        ValueError: A folder is missing, a file is a folder, a picture's ending is unknown, or
            matplotlib is not installed.
    """
    for option, path in files.items():
        if path is None:
            continue
        if not path.absolute().parent.is_dir():
            raise ValueError(f"{option} (={path}) must be in a folder that exists")
        if path.is_dir():
            raise ValueError(f"{option} (={path}) must be a file, but is a folder")
        if option not in pictures:
            continue
        if importlib.util.find_spec("matplotlib") is None:
            raise ValueError(f"{option} (={path}) needs matplotlib: pip install 'jaxcnn[plot]'")
        if path.suffix.lower() not in (".png", ".svg", ".pdf"):
            raise ValueError(f"{option} (={path}) must end with .png, .svg or .pdf")


def write_judgement(
    part: "Part | StreamedPart",
    found: "Evaluation",
    confusion: Path | None,
    mistakes: Path | None,
) -> None:
    """Draws the confusion matrix and the worst mistakes where files are named for them."""
    if confusion is None and mistakes is None:
        return
    from jaxcnn.plotting import plot_confusion
    from jaxcnn.plotting._figure import write_figure

    if confusion is not None:
        write_figure(plot_confusion(found.confusion, part.class_names), confusion)
    if mistakes is not None:
        write_figure(_worst(part, found), mistakes)


def _worst(part: "Part | StreamedPart", found: "Evaluation") -> "Figure":
    """Draws the worst mistakes; no other images are read."""
    from jaxcnn.plotting import plot_mistakes

    rows = found.worst(_SHOWN)
    rows = rows if len(rows) else np.arange(1)
    arrays = ("labels", "predictions", "confidences", "losses")
    answers = dataclasses.replace(found, **{name: getattr(found, name)[rows] for name in arrays})
    return plot_mistakes(part.images_of(rows), answers, part.class_names, number=_SHOWN)


def write_json(path: Path | None, values: Mapping[str, Any]) -> None:
    """Writes values as JSON, whole or not at all."""
    if path is None:
        return
    from jaxcnn._files import replacing

    with replacing(path) as stream:
        stream.write((json.dumps(values, indent=1) + "\n").encode())
