"""Pooling: what it computes, and what it forgives."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from jaxcnn import functional
from jaxcnn.plotting._labels import label, number

from ._draw import BLUE, GREEN, ORANGE, PURPLE, matrix, outline, page, picture, sign

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WINDOWS = (BLUE, ORANGE, GREEN, PURPLE)
_SHIFTS = (0, 1, 2, 4)


def pooling_example(*, language: str = "en") -> "Figure":
    """The matrix 1 to 16, pooled by windows of 2 x 2 in steps of 2: the largest and the mean of each.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of three grids: ``(4, 4)``, the maxima ``(2, 2)``, the means ``(2, 2)``.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> pooling_example().axes[2].images[0].get_array().astype(int).tolist()
    [[6, 8], [14, 16]]
    """
    values = np.arange(1, 17, dtype=np.float32).reshape(4, 4)
    batch = jnp.asarray(values[None, ..., None])
    largest = np.asarray(functional.max_pool(batch, 2))[0, ..., 0]
    mean = np.asarray(functional.avg_pool(batch, 2))[0, ..., 0]
    figure = page(2.7)
    grids = figure.subplots(1, 5, width_ratios=[4, 0.7, 2.4, 0.5, 2.4])
    matrix(grids[0], values, label("image", language), bound=30, language=language, size=11)
    sign(grids[1], "→")
    sign(grids[3], "")
    for axes, name, pooled, digits in (
        (grids[2], "maximum", largest, 0),
        (grids[4], "average", mean, 1),
    ):
        text = label(name, language)
        matrix(axes, pooled, text, bound=30, language=language, digits=digits, size=11)
    for place, color in enumerate(_WINDOWS):
        row, column = divmod(place, 2)
        outline(grids[0], 2 * column - 0.44, 2 * row - 0.44, 1.88, 1.88, color)
        for axes in (grids[2], grids[4]):
            outline(axes, column - 0.44, row - 0.44, 0.88, 0.88, color)
    return figure


def pooling_and_shifts(*, language: str = "en") -> "Figure":
    """A digit, moved to the right by 1, 2 and 4 pixels, and its maxima in windows of 2 x 2 and 4 x 4.

    The change is the norm of the difference to the map that was not moved, divided by the norm of that map. Pooled
    maps change less where the shift is small; a shift by a whole window moves the pooled map by one, and changes it
    as much as the image: pooling forgives small shifts, and is not invariant.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of three rows of four pictures: ``(28, 28)``, ``(14, 14)``, ``(7, 7)``.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> [axes.images[0].get_array().shape for axes in pooling_and_shifts().axes][::4]
    [(28, 28), (14, 14), (7, 7)]
    """
    from jaxcnn.data import load_embedded

    digits = load_embedded("mnist_10k")
    margin = digits.images[..., -max(_SHIFTS) :, 0].max((1, 2)) == 0
    digit = digits.images[np.flatnonzero((digits.labels == 3) & margin)[0], ..., 0]
    figure = page(5.4)
    for row, window in zip(figure.subplots(3, 4), (1, 2, 4), strict=True):
        maps = []
        for axes, shift in zip(row, _SHIFTS, strict=True):
            moved = np.roll(digit, shift, axis=1) / np.float32(255)
            pooled = functional.max_pool(jnp.asarray(moved[None, ..., None]), window)
            maps.append(np.asarray(pooled)[0, ..., 0])
            first = label("shifted" if shift else "not_shifted", language, shift=shift)
            picture(axes, maps[-1], first if window == 1 else "", vmin=0, vmax=1)
            if shift:
                change = np.linalg.norm(maps[-1] - maps[0]) / np.linalg.norm(maps[0])
                share = number(100 * float(change), language)
                axes.set_xlabel(label("changed", language, share=share), size=9)
        if window > 1:
            row[0].set_ylabel(label("pooled", language, window=window), size=9)
    return figure
