"""A figure that moves: a GIF, and a still of it for print."""

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from jaxcnn._files import replacing
from jaxcnn.plotting._figure import write_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

_DPI = 80
_COLOURS = 64


@dataclass(frozen=True)
class Animation:
    """Frames that follow one another, and one figure that says the same on paper.

    A notebook shows the GIF.

    Attributes:
        frame: Draws one frame, ``frame(0)`` to ``frame(number - 1)``, all of one size.
        number: How many frames there are.
        still: The figure for print.
        milliseconds: How long each frame is shown.

    >>> from jaxcnn.plotting import course
    >>> animation = course.draw_figure("sliding-kernel")
    >>> isinstance(animation, Animation), animation.number
    (True, 9)
    """

    frame: "Callable[[int], Figure]"
    number: int
    still: "Figure"
    milliseconds: int = 600

    def savefig(self, path: str | os.PathLike[str]) -> None:
        """Writes the animation (``.gif``) or its still (any other ending that matplotlib knows), whole or not at all.

        Raises:
            ValueError: matplotlib does not know the ending.
            OSError: The file cannot be written.
        """
        if Path(path).suffix.lower() != ".gif":
            write_figure(self.still, path)
            return
        with replacing(Path(path)) as stream:
            stream.write(self.gif())

    def gif(self) -> bytes:
        """The frames as the bytes of a GIF that repeats for ever."""
        from PIL import Image

        frames = (self._pixels(place) for place in range(self.number))
        first, *others = (frame.quantize(_COLOURS, dither=Image.Dither.NONE) for frame in frames)
        stream = io.BytesIO()
        first.save(
            stream, "GIF", save_all=True, append_images=others, duration=self.milliseconds, loop=0
        )
        return stream.getvalue()

    def _pixels(self, place: int) -> "Image":
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from PIL import Image

        figure = self.frame(place)
        figure.set_dpi(_DPI)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, bytes]:
        return {"image/gif": self.gif()}
