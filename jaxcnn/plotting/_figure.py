"""What every figure starts from and how it is written."""

import io
import os
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxcnn._files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def new_figure(width: float, height: float, dpi: float = 100) -> "Figure":
    """An empty figure of so many inches and dots an inch, apart from pyplot's global ones.

    Raises:
        ValueError: matplotlib is not installed.
    """
    return _shown_figure()(figsize=(width, height), dpi=dpi, layout="constrained")


@cache
def _shown_figure() -> "type[Figure]":
    """The class of our figures: a notebook learns to show matplotlib's from pyplot, which we never import."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ValueError(
            "figures need matplotlib: pip install 'jaxcnn[plot]' (in a clone: '.[plot]')"
        ) from error

    class ShownFigure(Figure):
        def _repr_png_(self) -> bytes:
            picture = io.BytesIO()
            self.savefig(picture, format="png")
            return picture.getvalue()

    return ShownFigure


def write_figure(figure: "Figure", path: str | os.PathLike[str]) -> None:
    """Writes a figure, whole or not at all, in the format that the name's ending says.

    Raises:
        ValueError: matplotlib does not know the ending.
        OSError: The file cannot be written.
    """
    import matplotlib

    path = Path(path)
    known = figure.canvas.get_supported_filetypes()
    kind = path.suffix[1:].lower()
    if kind not in known:
        raise ValueError(f"path (={str(path)!r}) must end with one of .{', .'.join(sorted(known))}")
    picture = io.BytesIO()
    # An SVG says nothing of when it was made, so that the same figure is the same file.
    told: dict[str, Any] = {"metadata": {"Date": None}} if kind == "svg" else {}
    with matplotlib.rc_context({"svg.hashsalt": "jaxcnn"}), warnings.catch_warnings():
        # A class may be named in a script that the font lacks: its place in the picture shows a box.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        figure.savefig(picture, format=kind, **told)
    with replacing(path) as stream:
        stream.write(picture.getvalue())
