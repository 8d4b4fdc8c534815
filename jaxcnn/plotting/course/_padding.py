"""Where a kernel may stand: paddings and what they hold, strides, dilation."""

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn import functional
from jaxcnn.plotting._labels import label

from ._draw import (
    BLUE,
    INK,
    ORANGE,
    RED,
    canvas,
    cell,
    credit,
    lines,
    matrix,
    outline,
    page,
    picture,
    title,
)
from ._photos import credit_of, photograph

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NAMES = ("valid", "same", "full", "causal")
_MODES = ("zeros", "reflect", "symmetric", "replicate", "circular")
_SIZE, _KERNEL = 7, 3
_INPUT, _OUTPUT = "#cfe8f7", "#bfe6d8"  # pale blue, pale green


def paddings(*, language: str = "en") -> "Figure":
    """Seven pixels and a kernel of three: what each named padding adds, and how many outputs that gives.

    Dashed cells are added. The first window is outlined; its output stands under its middle, for ``"causal"`` under
    its last pixel, since no output sees what comes after it.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of four axes.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    Source: V. Dumoulin, F. Visin, *A guide to convolution arithmetic for deep learning*, 2016.

    >>> [axes.get_title() for axes in paddings().axes][2]
    'full: 2 before, 2 after → 9 outputs'
    """
    figure = page(5.6)
    room = _KERNEL - 1
    for axes, name in zip(figure.subplots(4, 1), _NAMES, strict=True):
        ((low, high),) = functional.explicit_padding(name, _SIZE, _KERNEL)
        (outputs,) = functional.conv_output_size((_SIZE,), _KERNEL, padding=name)
        canvas(axes, _SIZE + 2 * room, 2.6)
        for place in range(-low, _SIZE + high):
            added = not 0 <= place < _SIZE
            text = "0" if added else "abcdefg"[place]
            face = "white" if added else _INPUT
            cell(axes, room + place, 0.1, text, face=face, dashed=added)
        under = room - low + (_KERNEL - 1 if name == "causal" else _KERNEL // 2)
        for place in range(outputs):
            cell(axes, under + place, 1.5, face=_OUTPUT)
        outline(axes, room - low, 0.1, _KERNEL, 1)
        axes.plot([under + 0.5] * 2, [1.1, 1.5], color=RED, lw=2)
        facts = {"name": name, "low": low, "high": high, "size": outputs}
        title(axes, label("padding_row", language, **facts))
    return figure


def padding_modes(*, language: str = "en") -> "Figure":
    """A photograph padded on every side, in each mode; below it what becomes of a line ``a b c d``.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of six pictures: the photograph ``(96, 96, 3)``, and padded ``(160, 160, 3)``.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> [axes.get_title() for axes in padding_modes().axes][1:]
    ['zeros', 'reflect', 'symmetric', 'replicate', 'circular']
    """
    side, wide = 96, 32
    image = photograph("flower", side)
    line = np.frombuffer(b"abcd", np.uint8).reshape(1, 4, 1)
    figure = page(5.6, gap=0.1)
    first, *others = figure.subplots(2, 3).ravel()
    picture(first, image, label("image", language))
    first.set_xlim(-wide - 0.5, side + wide - 0.5)
    first.set_ylim(side + wide - 0.5, -wide - 0.5)
    first.set_frame_on(False)
    first.set_xlabel("a b c d", size=9, family="monospace")
    for axes, mode in zip(others, _MODES, strict=True):
        padded = functional.pad(jnp.asarray(image[None]), wide, padding_mode=mode)[0]
        picture(axes, np.asarray(padded), mode)
        outline(axes, wide - 0.5, wide - 0.5, side, side, linewidth=1.5)
        codes = np.asarray(functional.pad(jnp.asarray(line), 3, padding_mode=mode)).ravel()
        letters = [chr(code) if code else "0" for code in codes]
        parts = (letters[:3], letters[3:7], letters[7:])
        axes.set_xlabel(" | ".join(map(" ".join, parts)), size=9, family="monospace")
    credit(figure, credit_of("flower", language))
    return figure


def strides(*, language: str = "en") -> "Figure":
    """Seven pixels and a kernel of three in steps of one, two and three: each bar is a window.

    In steps of three no window covers the last pixel: the size is rounded down.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of three axes.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> [axes.get_title() for axes in strides().axes][1]
    'stride 2: ⌊(7 − 3) / 2⌋ + 1 → 3 outputs'
    """
    figure = page(2.6)
    for axes, stride in zip(figure.subplots(1, 3), (1, 2, 3), strict=True):
        (outputs,) = functional.conv_output_size((_SIZE,), _KERNEL, strides=stride, padding=0)
        canvas(axes, _SIZE, 6.3)
        seen = {first * stride + tap for first in range(outputs) for tap in range(_KERNEL)}
        for place in range(_SIZE):
            cell(axes, place, 0.1, "abcdefg"[place], face=_INPUT if place in seen else "white")
        for place in range(outputs):
            color, ink = ((BLUE, "white"), (ORANGE, INK))[place % 2]
            left, top = place * stride, 1.5 + place
            outline(axes, left + 0.08, top, _KERNEL - 0.16, 0.6, fill=True, facecolor=color, lw=0)
            middle = left + _KERNEL / 2
            axes.text(
                middle, top + 0.3, str(place), ha="center", va="center", color=ink, size=9, zorder=6
            )
        for place in set(range(_SIZE)) - seen:
            text = label("never_seen", language)
            options = {"size": 8, "ha": "right", "arrowprops": {"arrowstyle": "->", "color": INK}}
            axes.annotate(text, (place + 0.5, 1.15), (place + 0.9, 4.2), **options)
        title(axes, label("stride_row", language, stride=stride, size=outputs), 8)
    return figure


def dilations(*, language: str = "en") -> "Figure":
    """The nine taps of a 3 x 3 kernel with a dilation of one, two and three: more is spanned, none is added.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of three grids ``(7, 7)``: 1 where there is a tap, and a border around the span.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    Source: F. Yu, V. Koltun, *Multi-scale context aggregation by dilated convolutions*, 2016.

    >>> [int(axes.images[0].get_array().sum()) for axes in dilations().axes]
    [9, 9, 9]
    """
    figure = page(2.8)
    for axes, dilation in zip(figure.subplots(1, 3), (1, 2, 3), strict=True):
        span = dilation * (_KERNEL - 1) + 1
        first = (_SIZE - span) // 2
        taps = np.zeros((_SIZE, _SIZE))
        taps[first : first + span : dilation, first : first + span : dilation] = 1
        picture(axes, taps, cmap="Blues", vmin=0, vmax=1.4)
        lines(axes, _SIZE, _SIZE)
        outline(axes, first - 0.5, first - 0.5, span, span)
        title(axes, label("dilation_title", language, dilation=dilation, span=span))
    return figure


def pixel_visits(*, language: str = "en") -> "Figure":
    """How many windows of 3 x 3 see each pixel of a 6 x 6 image, without padding, with "same" and with "full".

    Counted by the gradient of the sum of a convolution with ones.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of three grids ``(6, 6)``.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> [int(axes.images[0].get_array()[0, 0]) for axes in pixel_visits().axes]
    [1, 4, 9]
    """
    image, kernel = jnp.zeros((1, 6, 6, 1)), jnp.ones((3, 3, 1, 1))
    figure = page(2.8)
    for axes, name in zip(figure.subplots(1, 3), ("valid", "same", "full"), strict=True):
        seen = jax.grad(lambda x, name=name: functional.conv(x, kernel, padding=name).sum())(image)
        size, _ = functional.conv_output_size((6, 6), 3, padding=name)
        text = label("visits", language, name=name, size=size)
        matrix(axes, np.asarray(seen)[0, ..., 0], text, bound=9, language=language)
    return figure
