"""Loss and accuracy over the epochs."""

from typing import TYPE_CHECKING, Protocol

from ._figure import new_figure
from ._labels import label, write_ticks

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class _Columns(Protocol):
    def __len__(self) -> int: ...

    def __getitem__(self, column: str) -> list: ...


def plot_history(history: _Columns, *, language: str = "en") -> "Figure":
    """Draws loss and accuracy after each epoch, of training and of validation.

    Args:
        history: What `jaxcnn.training.fit` returned.
        language: Of the words in it, ``"fr"`` or ``"en"``.

    Returns:
        A matplotlib figure with two axes.

    Raises:
        ValueError: No epoch was finished, the language is not known, or matplotlib is not installed.

    >>> from jaxcnn.training import History
    >>> rows = [{"epoch": 1, "loss": 0.9, "accuracy": 0.7}, {"epoch": 2, "loss": 0.5, "accuracy": 0.8}]
    >>> [axes.get_ylabel() for axes in plot_history(History(rows)).axes]
    ['loss', 'accuracy']
    """
    if len(history) == 0:
        raise ValueError("history must have at least one epoch")
    figure = new_figure(9, 3.5)
    epochs = history["epoch"]
    for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        for column, part in ((name, "training"), (f"validation_{name}", "validation")):
            points = [
                pair for pair in zip(epochs, history[column], strict=True) if None not in pair
            ]
            if points:
                named = label(part, language)
                axes.plot(*zip(*points, strict=True), marker="o", markersize=3, label=named)
        axes.set_xlabel(label("epoch", language))
        axes.set_ylabel(label(name, language))
        axes.xaxis.get_major_locator().set_params(integer=True)
        write_ticks(axes.yaxis, language)
        axes.grid(alpha=0.3)
        axes.legend()
    return figure
