"""The response moves with the input."""

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from jaxcnn import functional
from jaxcnn.plotting._labels import check_language, label

from ._animation import Animation
from ._draw import BLUE, GREEN, GREY, ORANGE, page, title

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SAMPLES, _BURST, _PERIOD, _STRIDE = 100, 24, 8, 4
_STEP = np.repeat(np.array([-1, 1, -1], np.float32), 4)


def step_filter(*, language: str = "en") -> Animation:
    """A filter in steps (four -1, four 1, four -1) answers to a sine burst that slides along 100 samples.

    The answer is the same everywhere, but for the ends, and slides with the burst: a convolution is equivariant to
    translation, not invariant. The burst has three periods of eight samples; it moves four samples a frame.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        An `Animation`; in each frame the signal and the response, ``(100,)`` each. The still shows three places.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> frame = step_filter().frame(0)
    >>> [len(axes.lines[0].get_ydata()) for axes in frame.axes if axes.lines]
    [100, 100]
    """
    check_language(language)
    number = (_SAMPLES - _BURST) // _STRIDE + 1

    def frame(place: int) -> "Figure":
        figure = page(2.6)
        axes = figure.subplot_mosaic("fs;.r", width_ratios=[1, 4])
        _draw_filter(axes["f"], language)
        _draw(axes["s"], axes["r"], place * _STRIDE, language)
        return figure

    still = page(3)
    axes = still.subplot_mosaic("fabc;.xyz", width_ratios=[1, 2, 2, 2])
    _draw_filter(axes["f"], language)
    for above, below, place in zip("abc", "xyz", (2, number // 2, number - 3), strict=True):
        _draw(axes[above], axes[below], place * _STRIDE, language)
    for name in "bcyz":
        axes[name].set_ylabel("")
        axes[name].set_yticklabels([])
    return Animation(frame, number, still, milliseconds=250)


def _draw_filter(axes: Any, language: str) -> None:
    axes.bar(np.arange(len(_STEP)), _STEP, width=1, color=GREEN)
    axes.set_ylim(-1.3, 1.3)
    axes.set_yticks([-1, 0, 1])
    axes.set_xticks([0, len(_STEP) - 1])
    axes.tick_params(labelsize=8)
    title(axes, label("filter", language))


def _draw(above: Any, below: Any, start: int, language: str) -> None:
    signal = np.zeros(_SAMPLES, np.float32)
    signal[start : start + _BURST] = np.sin(2 * np.pi * (np.arange(_BURST) + 0.5) / _PERIOD)
    response = functional.conv(
        jnp.asarray(signal[:, None]), jnp.asarray(_STEP[:, None, None]), padding="same"
    )
    above.plot(signal, color=BLUE, lw=1.5)
    above.set_ylim(-1.3, 1.3)
    above.set_yticks([-1, 0, 1])
    above.set_ylabel(label("signal", language), size=9)
    above.set_xticklabels([])
    below.plot(np.asarray(response)[:, 0], color=ORANGE, lw=1.5)
    below.set_ylim(-9, 9)
    below.set_yticks([-8, 0, 8])
    below.set_ylabel(label("response", language), size=9)
    below.set_xlabel(label("sample", language), size=9)
    for axes in (above, below):
        axes.axvline(start, color=GREY, ls="--", lw=1)
        axes.axvline(start + _BURST - 1, color=GREY, ls="--", lw=1)
        axes.grid(alpha=0.3)
        axes.set_xlim(0, _SAMPLES - 1)
        axes.tick_params(labelsize=8)
