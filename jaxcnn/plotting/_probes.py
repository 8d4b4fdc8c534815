"""How good the layers of a network are for another task."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from ._figure import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class _Row(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def train_accuracy(self) -> float: ...

    @property
    def test_accuracy(self) -> float: ...


def plot_probes(rows: Sequence[_Row]) -> "Figure":
    """Draws the accuracy of a linear classifier on the output of each layer.

    Args:
        rows: What `jaxcnn.transfer.probe_cuts` returned.

    Returns:
        A matplotlib figure; the best layer is marked.

    Raises:
        ValueError: There is no row, or matplotlib is not installed.

    >>> from jaxcnn.transfer import Probe
    >>> figure = plot_probes([Probe("features.0", 8, 0.9, 0.7), Probe("features.1", 8, 1.0, 0.8)])
    >>> figure.axes[0].get_title()
    'best on the test set: features.1 (80.0 %)'
    """
    if not len(rows):
        raise ValueError("rows must have at least one probe")
    figure = new_figure(max(5.0, 1.5 + 0.32 * len(rows)), 4)
    axes = figure.subplots()
    places = range(len(rows))
    train = [100 * row.train_accuracy for row in rows]
    test = [100 * row.test_accuracy for row in rows]
    axes.plot(places, train, marker="o", markersize=3, label="training")
    axes.plot(places, test, marker="o", markersize=3, label="test")
    best = max(places, key=lambda place: test[place])
    axes.plot([best], [test[best]], marker="o", markersize=9, fillstyle="none", color="black")
    axes.set_title(f"best on the test set: {rows[best].name} ({test[best]:.1f} %)", size=10)
    axes.set_xticks(places, [row.name for row in rows], rotation=90, size=7)
    axes.set_ylabel("right answers, %")
    axes.grid(alpha=0.3)
    axes.legend()
    return figure
