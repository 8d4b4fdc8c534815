"""Figures, drawn by matplotlib (extra ``plot``): nothing is shown, each function returns a figure.

A figure is written with ``figure.savefig("curves.png")``, and a notebook shows it as it is. What the functions of
this package draw comes from a user's own network or data; the figures of the course are in `course`.
"""

from typing import TYPE_CHECKING

from jaxcnn._renamed import renamed

from . import course
from ._confusion import plot_confusion_matrix
from ._history import plot_history
from ._mistakes import plot_mistakes
from ._probes import plot_probes
from ._score_map import plot_score_map

__all__ = [
    "course",
    "plot_confusion_matrix",
    "plot_history",
    "plot_mistakes",
    "plot_probes",
    "plot_score_map",
]

if not TYPE_CHECKING:
    __getattr__ = renamed(__name__)
