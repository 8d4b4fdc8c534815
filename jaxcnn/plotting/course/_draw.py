"""What the figures of the course are drawn with: colours, grids of numbers, rows of cells, boxes."""

from typing import TYPE_CHECKING, Any

import numpy as np

from jaxcnn.plotting._figure import new_figure
from jaxcnn.plotting._labels import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# M. Okabe, K. Ito, "Color universal design", 2008: told apart by colour-blind readers, too.
BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
RED, SKY, PURPLE = "#D55E00", "#56B4E9", "#CC79A7"
INK, GREY, PALE = "#1a1a1a", "#8c8c8c", "#f0f0f0"

WIDTH = 7.2  # inches: a page's text
DPI = 144


def page(height: float, *, gap: float = 0.04) -> "Figure":
    """An empty figure as wide as a page, so many inches high, with a gap between rows of axes."""
    figure = new_figure(WIDTH, height, DPI)
    figure.set_layout_engine("constrained", h_pad=gap)
    return figure


def title(axes: "Axes", text: str, size: float = 9) -> None:
    """A title in plain dark letters."""
    axes.set_title(text, size=size, color=INK)


def picture(axes: "Axes", image: np.ndarray, text: str = "", **options: Any) -> None:
    """An image without axes: every pixel as a square, grey where it has one channel."""
    shown = image[..., 0] if image.ndim == 3 and image.shape[-1] == 1 else image
    grey = {"cmap": "gray"} if shown.ndim == 2 else {}
    axes.imshow(shown, **{"interpolation": "none", **grey, **options})
    axes.set_xticks([])
    axes.set_yticks([])
    title(axes, text)


def canvas(axes: "Axes", width: float, height: float) -> None:
    """Axes without ticks whose unit is one cell; y goes down, as rows do."""
    axes.set_xlim(-0.1, width + 0.1)  # half a line of the outermost cells
    axes.set_ylim(height, 0)
    axes.set_aspect("equal")
    axes.set_axis_off()


def matrix(
    axes: "Axes",
    values: np.ndarray,
    text: str = "",
    *,
    room: int = 0,
    bound: float | None = None,
    language: str = "en",
    digits: int = 0,
    size: float = 9,
) -> None:
    """A grid of numbers: blue above zero, orange below, white at zero.

    Args:
        axes: Where to draw.
        values: ``(rows, columns)``; NaN is an empty cell.
        text: The title.
        room: Cells that the axes are wide and high, so that grids beside each other have equal cells.
        bound: The value of the darkest colour; None is the largest there is.
        language: Of the numbers.
        digits: Decimals.
        size: Of the numbers, in points.
    """
    values = np.asarray(values, float)
    rows, columns = values.shape
    bound = float(np.nanmax(np.abs(values), initial=1e-9)) if bound is None else bound
    pale = 2 * bound  # numbers stay legible
    axes.imshow(values, cmap="PuOr", vmin=-pale, vmax=pale, interpolation="none")
    for (row, column), value in np.ndenumerate(values):
        if not np.isnan(value):
            shown = number(value, language, digits)
            axes.text(column, row, shown, ha="center", va="center", size=size, color=INK)
    lines(axes, rows, columns)
    across, down = max(room, columns), max(room, rows)
    axes.set_xlim(columns / 2 - across / 2 - 0.55, columns / 2 + across / 2 - 0.45)
    axes.set_ylim(rows / 2 + down / 2 - 0.45, rows / 2 - down / 2 - 0.55)
    title(axes, text)


def lines(axes: "Axes", rows: int, columns: int) -> None:
    """Lines between the cells of a grid, and around it."""
    axes.set_axis_off()
    axes.vlines(np.arange(columns + 1) - 0.5, -0.5, rows - 0.5, color=GREY, linewidth=0.6)
    axes.hlines(np.arange(rows + 1) - 0.5, -0.5, columns - 0.5, color=GREY, linewidth=0.6)


def sign(axes: "Axes", text: str, size: float = 16) -> None:
    """A sign between two grids."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, ha="center", va="center", size=size, transform=axes.transAxes)


def outline(
    axes: "Axes",
    left: float,
    top: float,
    width: float,
    height: float,
    color: str = RED,
    **more: Any,
) -> Any:
    """The border of a rectangle."""
    from matplotlib.patches import Rectangle

    options = {"fill": False, "edgecolor": color, "linewidth": 2, "zorder": 5, **more}
    return axes.add_patch(Rectangle((left, top), width, height, **options))


def cell(
    axes: "Axes",
    left: float,
    top: float,
    text: str = "",
    *,
    face: str = "white",
    dashed: bool = False,
    size: float = 9,
) -> Any:
    """A square of side 1 with a text in it; dashed for what is only added."""
    from matplotlib.patches import Rectangle

    style: Any = "--" if dashed else "-"
    square = Rectangle((left, top), 1, 1, facecolor=face, edgecolor=INK, linewidth=0.8, ls=style)
    axes.add_patch(square)
    if text:
        axes.text(left + 0.5, top + 0.5, text, ha="center", va="center", size=size, color=INK)
    return square


def credit(figure: "Figure", text: str) -> None:
    """Who made the photograph, in small letters below the figure."""
    figure.supxlabel(text, size=6.5, color="#555555", x=0.995, ha="right")
