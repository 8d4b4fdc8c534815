"""Loss and accuracy over the epochs."""

from typing import TYPE_CHECKING, Protocol

from ._figure import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class _Columns(Protocol):
    def __len__(self) -> int: ...

    def __getitem__(self, column: str) -> list: ...


def plot_history(history: _Columns) -> "Figure":
    """Draws loss and accuracy after each epoch, of training and of validation.

    Args:
        history: What `jaxcnn.training.fit` returned.

    Returns:
        A matplotlib figure with two axes.

    Raises:
        ValueError: No epoch was finished, or matplotlib is not installed.

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
        for column, label in ((name, "training"), (f"validation_{name}", "validation")):
            points = [
                pair for pair in zip(epochs, history[column], strict=True) if None not in pair
            ]
            if points:
                axes.plot(*zip(*points, strict=True), marker="o", markersize=3, label=label)
        axes.set_xlabel("epoch")
        axes.set_ylabel(name)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(alpha=0.3)
        axes.legend()
    return figure
