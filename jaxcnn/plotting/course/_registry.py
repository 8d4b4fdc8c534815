"""The figures by name: which there are, one drawn, one written."""

import difflib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from jaxcnn.plotting._figure import write_figure
from jaxcnn.plotting._labels import check_language, label

from ._animation import Animation
from ._augmentation import augmentation_sheet
from ._channels import channel_groups, channels_and_filters, photo_channels
from ._convolution import cross_correlation, sliding_kernel
from ._equivariance import step_filter
from ._networks import lenet_drawing, lenet_table, vgg_pyramid
from ._padding import dilations, padding_modes, paddings, pixel_visits, strides
from ._pooling import pooling_and_shifts, pooling_example
from ._receptive_field import receptive_fields
from ._sizes import dense_weights, image_sizes
from ._smoothing import blurred_photo, smoothed_walk
from ._trained import feature_maps, learning_curves, score_map, trained_filters

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# In the order in which the course comes to them.
_FIGURES: "dict[str, Callable[..., Figure | Animation]]" = {
    function.__name__.replace("_", "-"): function
    for function in (
        image_sizes,
        dense_weights,
        cross_correlation,
        sliding_kernel,
        paddings,
        padding_modes,
        strides,
        dilations,
        channels_and_filters,
        channel_groups,
        photo_channels,
        smoothed_walk,
        blurred_photo,
        step_filter,
        pixel_visits,
        pooling_example,
        pooling_and_shifts,
        receptive_fields,
        lenet_drawing,
        lenet_table,
        vgg_pyramid,
        trained_filters,
        feature_maps,
        learning_curves,
        augmentation_sheet,
        score_map,
    )
}
_STILL = (".png", ".svg", ".pdf")


def list_figures() -> tuple[str, ...]:
    """The names of the course's figures, in the course's order.

    >>> list_figures()[:2]
    ('image-sizes', 'dense-weights')
    """
    return tuple(_FIGURES)


def figure_title(name: str, *, language: str = "en") -> str:
    """What a figure shows, in one line.

    Args:
        name: One of `list_figures`.
        language: ``"fr"`` or ``"en"``.

    Raises:
        ValueError: The name or the language is not known.

    >>> figure_title("cross-correlation", language="fr")
    'Corrélation croisée et convolution vraie'
    """
    return label(_known(name).__name__, language)


def draw_figure(name: str, *, language: str = "en") -> "Figure | Animation":
    """Draws a figure of the course; each is also a function of this package.

    Args:
        name: One of `list_figures`.
        language: Of the words in it, ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure, or an `Animation`; both have ``savefig``.

    Raises:
        ValueError: The name or the language is not known, or matplotlib is not installed.

    >>> draw_figure("cross-corelation")
    Traceback (most recent call last):
    ValueError: name (='cross-corelation') is no figure of the course; did you mean 'cross-correlation'?
    """
    draw = _known(name)
    return draw(language=check_language(language))


def save_figure(name: str, path: str | os.PathLike[str], *, language: str = "en") -> None:
    """Draws a figure of the course and writes it, whole or not at all.

    Args:
        name: One of `list_figures`.
        path: Ends with ``.png``, ``.svg`` or ``.pdf``, for what moves also with ``.gif``; of what moves the
            others hold the still for print.
        language: Of the words in it, ``"fr"`` or ``"en"``.

    Raises:
        ValueError: The name, the language or the ending is not known, a ``.gif`` is asked of what does not move, or
            matplotlib is not installed.
        OSError: The file cannot be written.

    >>> save_figure("cross-correlation", "flip.gif")
    Traceback (most recent call last):
    ValueError: path (='flip.gif') must end with .png, .svg or .pdf: 'cross-correlation' does not move
    """
    path, ending = Path(path), Path(path).suffix.lower()
    _known(name)
    if ending not in (*_STILL, ".gif"):
        raise ValueError(
            f"path (={str(path)!r}) must end with .png, .svg or .pdf, or with .gif for a figure that moves"
        )
    if not path.absolute().parent.is_dir():
        raise ValueError(f"path (={str(path)!r}) must be in a folder that exists")
    drawn = draw_figure(name, language=language)
    if isinstance(drawn, Animation):
        drawn.savefig(path)
    elif ending == ".gif":
        raise ValueError(
            f"path (={str(path)!r}) must end with .png, .svg or .pdf: {name!r} does not move"
        )
    else:
        write_figure(drawn, path)


def _known(name: str) -> "Callable[..., Figure | Animation]":
    found = _FIGURES.get(str(name).lower().replace("_", "-"))
    if found is None:
        near = difflib.get_close_matches(str(name), _FIGURES, n=1, cutoff=0.5)
        meant = f"; did you mean {near[0]!r}?" if near else f": {', '.join(_FIGURES)}"
        raise ValueError(f"name (={name!r}) is no figure of the course{meant}")
    return found
