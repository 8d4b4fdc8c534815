"""Channels: of a photograph, of a filter, of a group, of a map."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from jaxcnn import analysis
from jaxcnn.plotting._labels import label, number

from ._draw import BLUE, GREEN, INK, RED, canvas, credit, lines, page, picture, title
from ._photos import credit_of, photograph

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLOURS = ("#e8a4a0", "#a9d8b8", "#a3c4e8")  # pale red, green, blue
_SIDE, _CHANNELS, _FILTERS, _KERNEL = 32, 3, 10, 5


def channels_and_filters(*, language: str = "en") -> "Figure":
    """A colour image, the filters of a convolution, and the maps that they give, as stacks of plates.

    The course's example: 32 x 32 x 3, ten filters of 5 x 5 with a padding of 2, so ten maps of 32 x 32.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure; each plate is a rectangle as wide as its side, in pixels.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> channels_and_filters().axes[0].get_title()
    '10 × (5 × 5 × 3 weights + 1 bias) = 760 parameters'
    """
    layer = analysis.Conv(_FILTERS, _KERNEL, padding=2)
    found = analysis.summary([layer], (_SIDE, _SIDE, _CHANNELS))
    figure = page(3.5)
    axes = figure.subplots()
    canvas(axes, 161, 66)
    plates(axes, 3, 11, _SIDE, _COLOURS, 4)
    for place in range(_FILTERS):
        plates(axes, 57 + place % 5 * 9.5, 17 + place // 5 * 17, _KERNEL, _COLOURS, 1.6)
    plates(axes, 114, 7, _SIDE, ["#d9d9d9"] * _FILTERS, 1.6)
    for start, end in ((45, 55), (105, 112.5)):
        axes.annotate("", (end, 31), (start, 31), arrowprops={"arrowstyle": "->", "color": INK})
    shape = f"{_SIDE} × {_SIDE} × {_CHANNELS}"
    depth = f"{_KERNEL} × {_KERNEL} × {_CHANNELS}"
    flat = f"{_SIDE} × {_SIDE}"
    for middle, text in (
        (23, label("input_volume", language, shape=shape)),
        (80, label("filters_volume", language, number=_FILTERS, shape=depth)),
        (137, label("maps_volume", language, number=_FILTERS, shape=flat)),
    ):
        axes.text(middle, 60, text, ha="center", va="center", size=9, color=INK)
    facts = {"filters": _FILTERS, "kernel": _KERNEL, "channels": _CHANNELS}
    parameters = number(found.parameters, language)
    axes.set_title(label("filter_weights", language, **facts, parameters=parameters), size=9)
    return figure


def plates(
    axes: Any, left: float, top: float, side: float, colours: Sequence[str], step: float
) -> None:
    """Squares one behind the other, the last one in front, each a ``step`` further right and down."""
    from matplotlib.patches import Rectangle

    for place, face in enumerate(colours):
        corner = (left + place * step, top + place * step)
        axes.add_patch(Rectangle(corner, side, side, facecolor=face, edgecolor=INK, linewidth=0.6))


_GROUPED = 6  # channels, and as many filters


def channel_groups(*, language: str = "en") -> "Figure":
    """Which channels each filter reads, in one group, in two, and in as many as there are channels (depthwise).

    Six filters of 3 x 3 on six channels; a blue cell says that the filter of its column reads the channel of its row.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of three grids ``(6, 6)``, 1 where a channel is read; above each its weights.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> channel_groups().axes[2].get_title()
    '6 groups: 54 weights'
    """
    figure = page(2.7)
    for axes, groups in zip(figure.subplots(1, 3), (1, 2, _GROUPED), strict=True):
        each = _GROUPED // groups
        read = np.kron(np.eye(groups), np.ones((each, each)))
        layer = analysis.Conv(_GROUPED, 3, feature_group_count=groups, use_bias=False)
        found = analysis.summary([layer], (8, 8, _GROUPED))
        axes.imshow(read, cmap="Blues", vmin=0, vmax=1.4, interpolation="none")
        lines(axes, _GROUPED, _GROUPED)
        middle = (_GROUPED - 1) / 2
        axes.text(middle, _GROUPED, label("filters", language), ha="center", va="center", size=9)
        across = {"ha": "center", "va": "center", "size": 9, "rotation": 90}
        axes.text(-1, middle, label("channels", language), **across)
        axes.set_xlim(-1.6, _GROUPED - 0.4)
        axes.set_ylim(_GROUPED + 0.4, -0.6)
        name = "one_group" if groups == 1 else "several_groups"
        title(axes, label(name, language, groups=groups, weights=found.parameters))
    return figure


def photo_channels(*, language: str = "en") -> "Figure":
    """A photograph and its red, green and blue channel, each as a grey image: bright where there is much of it.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of four pictures, ``(160, 160, 3)`` and three of ``(160, 160)``.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> [axes.images[0].get_array().shape for axes in photo_channels(language="fr").axes][1:]
    [(160, 160), (160, 160), (160, 160)]
    """
    image = photograph("flower", 160)
    figure = page(2.05)
    whole, *parts = figure.subplots(1, 4)
    picture(whole, image, label("colours", language))
    for channel, (axes, name) in enumerate(zip(parts, ("red", "green", "blue"), strict=True)):
        picture(axes, image[..., channel], label(name, language), vmin=0, vmax=255)
        for edge in axes.spines.values():
            edge.set(color=(RED, GREEN, BLUE)[channel], linewidth=2)
    credit(figure, credit_of("flower", language))
    return figure
