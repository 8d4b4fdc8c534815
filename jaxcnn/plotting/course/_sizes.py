"""Why convolution: what small images lose, and what large ones cost a dense layer."""

from typing import TYPE_CHECKING

import numpy as np

from jaxcnn.plotting._labels import label, number

from ._draw import BLUE, INK, ORANGE, RED, credit, outline, page, picture
from ._photos import credit_of, photograph

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image as Picture

_SIDES = (224, 64, 28)
_DETAIL = (48, 24, 56)  # first row and column, and side, on the largest image

_UNITS = 1024
_FILTERS, _KERNEL = 64, 3


def image_sizes(*, language: str = "en") -> "Figure":
    """A photograph at 224, 64 and 28 pixels: whole, and a detail of it.

    The smaller images are means of the pixels that each of theirs covers. The error is the root of the mean
    squared difference, in grey levels of 0 to 255, between the image of 224 pixels and the smaller one when it is
    enlarged again (bilinear).

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of two rows of three pictures, ``(side, side, 3)`` each.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> [axes.images[0].get_array().shape for axes in image_sizes().axes[:3]]
    [(224, 224, 3), (64, 64, 3), (28, 28, 3)]
    """
    from PIL import Image

    whole = Image.fromarray(photograph("china", _SIDES[0]))
    figure = page(5.2)
    top, left, side = _DETAIL
    for (above, below), pixels in zip(figure.subplots(2, 3).T, _SIDES, strict=True):
        smaller = whole.resize((pixels, pixels), Image.Resampling.BOX)
        inputs = number(3 * pixels**2, language)
        picture(above, np.asarray(smaller), label("side", language, side=pixels, inputs=inputs))
        scale = pixels / _SIDES[0]
        first_row, first_column, extent = top * scale, left * scale, side * scale
        outline(above, first_column - 0.5, first_row - 0.5, extent, extent)
        picture(below, np.asarray(smaller))
        below.set_xlim(first_column - 0.5, first_column + extent - 0.5)
        below.set_ylim(first_row + extent - 0.5, first_row - 0.5)
        below.set_xlabel(
            label("lost", language, rms=number(_rms(whole, smaller), language, 1)), size=9
        )
        for edge in below.spines.values():
            edge.set(color=RED, linewidth=2)
    credit(figure, credit_of("china", language))
    return figure


def _rms(whole: "Picture", smaller: "Picture") -> float:
    from PIL import Image

    again = smaller.resize(whole.size, Image.Resampling.BILINEAR)
    return float(np.sqrt(np.mean((np.asarray(whole, float) - np.asarray(again, float)) ** 2)))


def dense_weights(*, language: str = "en") -> "Figure":
    """The weights of one dense layer against those of one convolution, for images of any side.

    A dense layer of 1024 units on an image of ``side x side x 3`` has ``3 * side**2 * 1024`` weights; a
    convolution of 64 filters has ``64 * 3 * 3 * 3``, whatever the side. Biases are not counted.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of one plot; both axes are logarithmic.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> dense, convolution = dense_weights().axes[0].lines[:2]
    >>> int(convolution.get_ydata()[0])
    1728
    """
    figure = page(3.6)
    axes = figure.subplots()
    sides = np.geomspace(16, 1024, 13)
    dense = 3 * sides**2 * _UNITS
    filters = np.full_like(sides, _FILTERS * _KERNEL**2 * 3)
    units = number(_UNITS, language)
    axes.plot(sides, dense, color=ORANGE, lw=2, label=label("dense_line", language, units=units))
    text = label("conv_line", language, filters=_FILTERS, kernel=_KERNEL)
    axes.plot(sides, filters, color=BLUE, lw=2, ls="--", label=text)
    marked = np.array(sorted(_SIDES))
    axes.plot(marked, 3 * marked**2 * _UNITS, "o", color=INK, ms=5)
    for side in marked:
        weights = 3 * int(side) ** 2 * _UNITS
        place = (side, weights)
        axes.annotate(
            number(weights, language),
            place,
            xytext=(-8, 4),
            textcoords="offset points",
            ha="right",
            size=9,
        )
    axes.text(16.5, 2600, number(filters[0], language), size=9, color=INK)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks([16, *marked, 512, 1024], [str(tick) for tick in (16, *marked, 512, 1024)])
    axes.minorticks_off()
    axes.set_ylim(500, 2e10)
    axes.set_xlabel(label("image_side", language))
    axes.set_ylabel(label("weights", language))
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left", frameon=False)
    return figure
