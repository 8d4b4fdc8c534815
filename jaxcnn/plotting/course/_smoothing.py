"""Convolution with a Gaussian: a series and a photograph made smooth."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from jaxcnn import functional
from jaxcnn.plotting._labels import label, number

from ._draw import BLUE, GREY, INK, credit, page, picture, title
from ._photos import credit_of, photograph

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_STEPS, _SEED = 50, 0


def gaussian(taps: int, sigma: float) -> np.ndarray:
    """The weights ``(taps,)`` of a Gaussian around the middle tap; they add up to 1."""
    places = np.arange(taps) - (taps - 1) / 2
    weights = np.exp(-(places**2) / (2 * sigma**2))
    return (weights / weights.sum()).astype(np.float32)


def smoothed_walk(*, language: str = "en") -> "Figure":
    """A random walk of 50 steps, and the same smoothed by a Gaussian of five taps that add up to 1.

    The steps are standard normal, drawn with seed 0. The size is kept ("same"); beyond its ends the walk is
    mirrored with the end repeated (``padding_mode="symmetric"``).

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of two plots: walk and smoothed walk of ``(50,)`` values, the five weights.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> [len(line.get_xdata()) for line in smoothed_walk().axes[0].lines]
    [50, 50]
    """
    walk = np.random.default_rng(_SEED).normal(size=_STEPS).cumsum().astype(np.float32)
    weights = gaussian(5, 1.0)
    smooth = functional.conv(
        jnp.asarray(walk[:, None]),
        jnp.asarray(weights[:, None, None]),
        padding="same",
        padding_mode="symmetric",
    )
    figure = page(3)
    axes, beside = figure.subplots(1, 2, width_ratios=[3.4, 1])
    axes.plot(walk, "o-", color=GREY, lw=1, ms=3, label=label("walk", language))
    axes.plot(np.asarray(smooth)[:, 0], color=BLUE, lw=2, label=label("smoothed", language))
    axes.set_xlabel(label("step", language))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    beside.bar(np.arange(5) - 2, weights, width=0.7, color=BLUE)
    for place, weight in enumerate(weights):
        text = number(weight, language, 2)
        beside.text(place - 2, weight + 0.008, text, ha="center", size=8, color=INK)
    beside.set_ylim(0, 0.48)
    beside.set_yticks([])
    title(beside, label("gaussian", language, sigma=1))
    for edge in ("top", "left", "right"):
        beside.spines[edge].set_visible(False)
    return figure


def blurred_photo(*, language: str = "en") -> "Figure":
    """A photograph blurred by a 9 x 9 Gaussian that adds up its channels, once with each kind of border.

    With its borders mirrored (``padding_mode="symmetric"``) the blur is as bright at the border as inside; with
    zeros around it, it gets dark there.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of four pictures: the photograph ``(160, 160, 3)``, the weights ``(9, 9)``, and the two
        blurs ``(160, 160)``, white where all three channels are.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> [axes.images[0].get_array().shape for axes in blurred_photo().axes]
    [(160, 160, 3), (9, 9), (160, 160), (160, 160)]
    """
    image = photograph("china", 160)
    line = gaussian(9, 2.0)
    weights = line[:, None] * line
    kernel = jnp.asarray(np.repeat(weights[..., None, None], 3, axis=2))
    pixels = jnp.asarray(image / np.float32(255))
    figure = page(2.55)
    whole, taps, *blurs = figure.subplots(1, 4)
    picture(whole, image, label("image", language))
    picture(taps, weights, label("gaussian", language, sigma=2), cmap="Blues", vmin=0)
    for axes, mode in zip(blurs, ("symmetric", "zeros"), strict=True):
        blur = functional.conv(pixels, kernel, padding="same", padding_mode=mode)
        picture(axes, np.asarray(blur), label("blurred", language, mode=mode), vmin=0, vmax=3)
    credit(figure, credit_of("china", language))
    return figure
