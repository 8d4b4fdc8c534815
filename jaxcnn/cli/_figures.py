"""Files that commands write beside their main result, checked before the work begins."""

import dataclasses
import importlib.util
import json
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import typer

if TYPE_CHECKING:
    from jaxcnn.training import Evaluation, History
    from jaxcnn.workflows import TrainingResult
    from jaxcnn.workflows._parts import Part, StreamedPart

_SHOWN = 24  # mistakes in a picture


def check_outputs(files: Mapping[str, Path | None], pictures: tuple[str, ...]) -> None:
    """Refuses what could not be written after minutes of work.

    Args:
        files: Option -> file.
        pictures: Options whose files are drawn.

    Raises:
        ValueError: A folder is missing or must not be written to, a file is a folder or named twice, a picture's ending
            is unknown, or matplotlib is not installed.
    """
    named: dict[Path, str] = {}
    for option, path in files.items():
        if path is None:
            continue
        place = path.resolve()
        other = named.setdefault(place.with_name(place.name.casefold()), option)
        if other != option:
            raise ValueError(
                f"{option} (={path}) must be another file than that of {other}, and not in capitals alone"
            )
        if not path.absolute().parent.is_dir():
            raise ValueError(f"{option} (={path}) must be in a folder that exists")
        if not os.access(path.absolute().parent, os.W_OK):
            raise ValueError(f"{option} (={path}) must be in a folder that can be written to")
        if path.is_dir():
            raise ValueError(f"{option} (={path}) must be a file, but is a folder")
        if option not in pictures:
            continue
        if importlib.util.find_spec("matplotlib") is None:
            raise ValueError(
                f"{option} (={path}) needs matplotlib: pip install 'jaxcnn[plot]' (in a clone: '.[plot]')"
            )
        if path.suffix.lower() not in (".png", ".svg", ".pdf"):
            raise ValueError(f"{option} (={path}) must end with .png, .svg or .pdf")


def write_all(*files: tuple[str, Path | None, Callable[[Path], Any]]) -> None:
    """Writes what was asked for; what cannot be written does not keep the rest from it.

    Args:
        files: Option, its file, and what writes it.

    Raises:
        typer.Exit: Some cannot be written; a line says which, and why.
    """
    failed = False
    for option, path, write in files:
        try:
            if path is not None:
                write(path)
        except OSError as error:
            reason = error.strerror or str(error)
            typer.echo(f"jaxcnn: {option} (={path}) cannot be written: {reason}", err=True)
            failed = True
    if failed:
        raise typer.Exit(1)


def write_training(found: "TrainingResult", files: Mapping[str, Path | None]) -> None:
    """Writes what a command that trains was asked for.

    Args:
        found: What came of the training.
        files: Option -> file.

    Raises:
        typer.Exit: As `write_all`.
    """
    writers: dict[str, Callable[[Path], Any]] = {
        "--output": found.save,
        "--history": found.history.to_csv,
        "--curves": partial(draw_curves, found.history),
        "--confusion": partial(draw_confusion, found.test, found.evaluation),
        "--mistakes": partial(draw_mistakes, found.test, found.evaluation),
        "--json": partial(write_json, found.to_dict()),
    }
    if files["--output"] is None:
        typer.echo("the network is not kept: --output FILE writes it")
    write_all(*((option, files[option], write) for option, write in writers.items()))


def draw_curves(history: "History", path: Path) -> None:
    """Draws loss and accuracy over the epochs."""
    from jaxcnn.plotting import plot_history
    from jaxcnn.plotting._figure import write_figure

    write_figure(plot_history(history), path)


def draw_confusion(part: "Part | StreamedPart", found: "Evaluation", path: Path) -> None:
    """Draws how often each class was taken for each other one."""
    from jaxcnn.plotting import plot_confusion_matrix
    from jaxcnn.plotting._figure import write_figure

    write_figure(plot_confusion_matrix(found.confusion, part.class_names), path)


def draw_mistakes(part: "Part | StreamedPart", found: "Evaluation", path: Path) -> None:
    """Draws the worst mistakes; no other images are read."""
    from jaxcnn.plotting import plot_mistakes
    from jaxcnn.plotting._figure import write_figure

    rows = found.worst(_SHOWN)
    rows = rows if len(rows) else np.arange(1)
    arrays = ("labels", "predictions", "confidences", "losses")
    answers = dataclasses.replace(found, **{name: getattr(found, name)[rows] for name in arrays})
    images = part.images_of(rows)
    write_figure(plot_mistakes(images, answers, part.class_names, number=_SHOWN), path)


def write_json(values: Mapping[str, Any], path: Path) -> None:
    """Writes values as JSON, whole or not at all."""
    from jaxcnn._files import replacing

    with replacing(path) as stream:
        stream.write((json.dumps(values, indent=1) + "\n").encode())
