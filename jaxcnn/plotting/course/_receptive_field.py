"""What one output sees of the image, in theory and in effect."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from jaxcnn import analysis
from jaxcnn.plotting._labels import label

from ._draw import BLUE, INK, RED, credit, outline, page, picture, title
from ._networks import numbers_of
from ._photos import credit_of, photograph

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SIDE = 224  # pixels of the image; half as many are drawn, to keep files small
_HELD = 0.95


def receptive_fields(*, language: str = "en") -> "Figure":
    """The square that the middle output of each block of VGG16 sees on a photograph of 224 pixels.

    Solid: the receptive field. Dashed: the square around its middle that holds 95 % of the squared gradient of
    that output, expected over random weights: independent ones of mean zero, the maximum of a window equally
    likely to be any of its pixels. Most of a field hardly counts.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of six pictures: after the first convolution, and after the pool of each block.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    Source: K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image recognition*, 2015;
    W. Luo et al., *Understanding the effective receptive field in deep convolutional neural networks*, 2016.

    >>> [int(axes.patches[0].get_width()) for axes in receptive_fields().axes]
    [3, 6, 16, 44, 100, 212]
    """
    rows = numbers_of("vgg16").rows
    image = photograph("china", _SIDE // 2)
    places = [0, *(place for place, row in enumerate(rows) if isinstance(row.layer, analysis.Pool))]
    figure = page(5.6)
    for block, (axes, place) in enumerate(zip(figure.subplots(2, 3).ravel(), places, strict=True)):
        row = rows[place]
        height, width, _ = row.output_shape
        down, across = row.receptive_field.pixels((height // 2, width // 2), (_SIDE, _SIDE))
        faded = 255 - (255 - image.astype(float)) * 0.4
        rows_seen, columns_seen = (
            slice(seen.start // 2, -(-seen.stop // 2)) for seen in (down, across)
        )
        faded[rows_seen, columns_seen] = image[rows_seen, columns_seen]
        edges = (-0.5, _SIDE - 0.5, _SIDE - 0.5, -0.5)
        picture(axes, faded.astype(np.uint8), extent=edges)
        outline(axes, across.start - 0.5, down.start - 0.5, len(across), len(down), RED)
        first, last = effective_part(rows[: place + 1])
        side = last - first + 1
        corner = across.start - 0.5 + first, down.start - 0.5 + first
        outline(axes, *corner, side, side, BLUE, linestyle="--")
        name = label("block" if block else "first_convolution", language, block=block)
        title(axes, label("field", language, name=name, size=len(across), effective=side))
    figure.suptitle(label("fields", language), size=9, color=INK)
    credit(figure, credit_of("china", language))
    return figure


def effective_part(rows: Sequence[analysis.Row]) -> tuple[int, int]:
    """The first and last pixel, counted from the start of the field, of its effective part along an axis."""
    profile = np.ones(1)
    for row in reversed(rows):
        layer = row.layer
        if isinstance(layer, analysis.Conv):
            profile = np.convolve(profile, np.ones(_along(layer.kernel_size)))
        elif isinstance(layer, analysis.Pool):
            profile = np.repeat(profile, _along(layer.window_shape))
    profile /= profile.sum()
    first = 0  # both axes together hold the product of what each holds
    while profile[first + 1 : len(profile) - first - 1].sum() ** 2 >= _HELD:
        first += 1
    return first, len(profile) - 1 - first


def _along(sizes: Any) -> int:
    return sizes[0]
