"""What a trained network has learnt: filters, maps, curves, scores."""

import csv
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np

from jaxcnn.plotting._history import plot_history
from jaxcnn.plotting._labels import check_language, label
from jaxcnn.plotting._score_map import plot_score_map

from ._draw import page, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NETWORK = "vgg8_clothing"
# The last ReLU of each block.
_LAYERS = {1: "features.3", 2: "features.8", 3: "features.13"}
_SHOWN = 6  # maps of each layer
_GARMENTS = ("sneaker", "trousers", "dress", "ankle boot")  # side by side, under the score map


def trained_filters(*, language: str = "en") -> "Figure":
    """The sixteen 3 x 3 filters of the first convolution of ``vgg8_clothing``: purple above zero, orange below.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of sixteen pictures ``(3, 3)``, all on one scale.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> [axes.images[0].get_array().shape for axes in trained_filters().axes[:2]]
    [(3, 3), (3, 3)]
    """
    check_language(language)
    kernel = np.asarray(_network().features[0].kernel[...])[:, :, 0]
    bound = float(np.abs(kernel).max())
    figure = page(2.3)
    shown: Any = None
    grid = figure.subplots(2, 8)
    for place, axes in enumerate(grid.ravel()):
        picture(axes, kernel[..., place], str(place), cmap="PuOr", vmin=-bound, vmax=bound)
        shown = axes.images[0]
    figure.colorbar(shown, ax=grid, label=label("weight", language), ticks=[-1, 0, 1])
    return figure


def feature_maps(*, language: str = "en") -> "Figure":
    """An ankle boot, and what three layers of ``vgg8_clothing`` make of it, each on a scale of its own.

    Of each layer the six channels of the highest mean are shown; the maps get smaller and say less of where.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of three rows, the image and six maps in each: ``(28, 28)``, ``(14, 14)``, ``(7, 7)``.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> feature_maps().axes[-1].images[0].get_array().shape
    (7, 7)
    """
    from jaxcnn.models import intermediates

    image = _garment("ankle boot")
    pixels = jnp.asarray(image[None] / np.float32(255))
    found = intermediates(_network(), pixels, list(_LAYERS.values()))
    figure = page(4)
    for row, (block, layer) in zip(figure.subplots(3, _SHOWN + 1), _LAYERS.items(), strict=True):
        maps = np.asarray(found[layer])[0]
        chosen = np.sort(np.argsort(-maps.mean((0, 1)), kind="stable")[:_SHOWN])
        if block == 1:
            picture(row[0], image, label("image", language))
        else:
            row[0].set_axis_off()
        for axes, channel in zip(row[1:], chosen, strict=True):
            picture(axes, maps[..., channel], label("channel", language, channel=channel))
        text = label("block_maps", language, block=block, size=maps.shape[0])
        row[1].set_ylabel(text, size=7.5)
    return figure


def learning_curves(*, language: str = "en") -> "Figure":
    """Loss and accuracy of LeNet on 200 digits over 30 epochs, and on 1,000 others: it learns by heart.

    Recorded by ``scripts/learning_curves.py``; your own history is drawn by `jaxcnn.plotting.plot_history`.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of two plots, of two lines of 30 values each.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> [len(line.get_xdata()) for line in learning_curves().axes[0].lines]
    [30, 30]
    """
    return plot_history(_Recorded("lenet_200_digits"), language=language)


class _Recorded:
    """A history as `jaxcnn.training.History.to_csv` wrote it."""

    def __init__(self, name: str) -> None:
        file = resources.files("jaxcnn.plotting.course") / "recorded" / f"{name}.csv"
        self._rows = list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, column: str) -> list[float]:
        return [float(row[column]) for row in self._rows]


def score_map(*, language: str = "en") -> "Figure":
    """Four garments side by side, and where ``vgg8_clothing``, its dense head made convolutions, sees its classes.

    Your own are drawn by `jaxcnn.plotting.plot_score_map`.

    Args:
        language: ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure of two pictures ``(28, 112)``, the probability laid over each.

    Raises:
        ValueError: The language is not known, or matplotlib is not installed.

    >>> score_map().axes[0].images[0].get_array().shape
    (28, 112)
    """
    from jaxcnn import transfer

    check_language(language)
    network = _network()
    image = np.concatenate([_garment(name) for name in _GARMENTS], axis=1)
    names = [label(name, language) for name in network.class_names]
    return plot_score_map(image, transfer.score_map(network, image), names, language=language)


@cache
def _network() -> Any:
    """The trained network; it is only read."""
    from jaxcnn.transfer import load_pretrained

    return load_pretrained(_NETWORK)


def _garment(name: str) -> np.ndarray:
    """The first test image of a class, ``(28, 28, 1)`` bytes."""
    from jaxcnn.data import load_embedded

    garments = load_embedded("iconic")
    return garments.images[np.flatnonzero(garments.labels == garments.class_names.index(name))[0]]
