"""Draws the figures of the course that the documents show: ``python scripts/course_figures.py``.

Each PNG holds, as its text chunk ``drawn``, the words and the mean brightnesses that were drawn, so that a test can
say when a picture is older than the function that draws it.
"""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from jaxcnn.plotting import course

FOLDER = Path(__file__).parents[1] / "docs" / "images" / "course"
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


def write(name: str) -> None:
    """Draws one still as a small PNG."""
    figure = course.draw_figure(name)
    told = PngInfo()
    told.add_text("drawn", json.dumps(drawn(figure)))
    whole = io.BytesIO()
    figure.savefig(whole, format="png")
    with Image.open(whole) as image:
        small = image.convert("RGB").quantize(256)
    small.save(FOLDER / f"{name}.png", optimize=True, pnginfo=told)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for still in STILLS:
        write(still)
    for moving in MOVING:
        course.save_figure(moving, FOLDER / f"{moving}.gif")
