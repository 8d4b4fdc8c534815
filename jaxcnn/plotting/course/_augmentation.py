"""Every augmentation of one photograph."""

from functools import cache
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import functional as F
from jaxcnn.plotting._labels import check_language, label, number

from ._draw import credit, page, picture
from ._photos import credit_of, photograph

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SIDE, _COLUMNS = 104, 6
_FILLS = ("nearest", "constant", "reflect", "mirror")


def augmentation_sheet(*, language: str = "en") -> "Figure":
    """Every augmentation of `jaxcnn.functional`, given, on one photograph; in the last row the course's, drawn.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of 24 pictures ``(104, 104, 3)``; ``crop`` is smaller.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> augmentation_sheet().axes[1].get_title()
    'flip'
    """
    captions = _captions(check_language(language))
    figure = page(6.2)
    grid = figure.subplots(-(-len(captions) // _COLUMNS), _COLUMNS)
    for axes, text, image in zip(grid.ravel(), captions, _images(), strict=True):
        picture(axes, np.clip(image, 0, 1), text)
        axes.title.set_size(7)
    credits = (credit_of(name, language) for name in ("china", "flower"))
    credit(figure, "; ".join(credits))
    return figure


def _captions(language: str) -> list[str]:
    """What was done, cell by cell."""

    def named(key: str, *amounts: object) -> str:
        return " ".join([label(key, language), *map(str, amounts)])

    comma = " ;" if language == "fr" else ","
    zooms = [[number(factor, language, 1) for factor in pair] for pair in ((1.5, 1.5), (0.7, 1.0))]
    factors = [number(factor, language, 1) for factor in (1.4, 0.6, 1.6, 0.4)]
    return [
        named("the_photograph"),
        named("flip"),
        named("shift", f"(20{comma} −15)"),
        named("shear", 20),
        *(named("zoom", f"({first}{comma} {second})") for first, second in zooms),
        *(named("rotate", f"40, {mode}") for mode in _FILLS),
        named("crop", 64),
        named("cutout", 40),
        named("brightness", factors[0]),
        named("brightness", factors[1]),
        named("contrast", factors[2]),
        named("contrast", factors[3]),
        named("mixup", number(0.6, language, 1)),
        named("cutmix"),
        *[named("course_augmentation")] * _COLUMNS,
    ]


@cache
def _images() -> list[np.ndarray]:
    """The pixels of each cell, each ``(height, width, 3)``."""
    pair = np.stack([photograph("china", _SIDE), photograph("flower", _SIDE)])
    return [np.asarray(image) for image in _augmented(jnp.asarray(pair / np.float32(255)))]


@jax.jit  # one program: compiled one by one, so many operations take longer
def _augmented(x: jax.Array) -> list[jax.Array]:
    labels = jnp.eye(2)
    given = [
        x,
        F.flip(x),
        F.shift(x, np.array([20.0, -15.0])),
        F.shear(x, 20.0),
        F.zoom(x, np.array([1.5, 1.5])),
        F.zoom(x, np.array([0.7, 1.0])),
        *(F.rotate(x, 40.0, fill_mode=mode) for mode in _FILLS),
        F.crop(x, np.array([30, 10]), 64),
        F.cutout(x, np.array([60, 40]), 40, fill_value=0.5),
        F.adjust_brightness(x, 1.4),
        F.adjust_brightness(x, 0.6),
        F.adjust_contrast(x, 1.6),
        F.adjust_contrast(x, 0.4),
        F.mixup(x, labels, jnp.array([1, 0]), 0.6)[0],
        F.cutmix(x, labels, jnp.array([1, 0]), np.array([10, 50]), np.array([70, 100]))[0],
    ]
    copies = jnp.broadcast_to(x[0], (_COLUMNS, *x.shape[1:]))
    return [images[0] for images in given] + list(F.course_augmentation(jax.random.key(4), copies))
