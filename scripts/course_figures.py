"""Draws the figures that documents and statements show: ``python scripts/course_figures.py``.

Each PNG holds, as its text chunk ``drawn``, the words and the mean brightnesses that were drawn, so that a test can
say when a picture is older than the function that draws it.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from jaxcnn.plotting import course

_ROOT = Path(__file__).parents[1]
FOLDER = _ROOT / "docs" / "images" / "course"
STILLS = (
    "cross-correlation",
    "paddings",
    "padding-modes",
    "receptive-fields",
    "augmentation-sheet",
)
MOVING = ("step-filter",)


def drawn(figure: Any) -> dict[str, list]:
    """The words of a figure, and the mean of each of its pictures."""
    from matplotlib.text import Text

    words = [text.get_text() for text in figure.findobj(Text) if text.get_text().strip()]
    means = [float(np.nanmean(image.get_array())) for axes in figure.axes for image in axes.images]
    return {"words": words, "means": [round(mean, 2) for mean in means]}


def of_statements() -> Iterator[tuple[str, str, Path]]:
    """The pictures of the courses' questions that are figures: name, language, file (``strides.fr.png``)."""
    for path in sorted((_ROOT / "solutions").glob("*/*/*.*.*")):
        name, language, _ = path.name.split(".", 2)
        if path.suffix in (".png", ".gif") and name in course.list_figures():
            yield name, language, path


def still(name: str, language: str = "en") -> Any:
    """A figure, or of one that moves its still for print."""
    figure = course.draw_figure(name, language=language)
    return figure.still if isinstance(figure, course.Animation) else figure


def write(name: str, path: Path, language: str = "en") -> None:
    """Draws one still as a small PNG."""
    figure = still(name, language)
    told = PngInfo()
    told.add_text("drawn", json.dumps(drawn(figure)))
    whole = io.BytesIO()
    figure.savefig(whole, format="png")
    with Image.open(whole) as image:
        small = image.convert("RGB").quantize(256)
    small.save(path, optimize=True, pnginfo=told)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for shown in STILLS:
        write(shown, FOLDER / f"{shown}.png")
    for moving in MOVING:
        course.save_figure(moving, FOLDER / f"{moving}.gif")
    for shown, language, path in of_statements():
        if path.suffix == ".gif":
            course.save_figure(shown, path, language=language)
        else:
            write(shown, path, language)
