"""Training: one loop over pure functions, on one device or many, that can be broken off anywhere.

`fit` trains, `evaluate` measures; `Settings` say how.
"""

from typing import TYPE_CHECKING

from jaxcnn._renamed import renamed

from ._errors import CheckpointError, DivergedError, ProcessLostError, TrainingError
from ._evaluate import evaluate
from ._fit import fit
from ._fit_after import fit_after
from ._history import History
from ._hosts import is_main_process, start_distributed
from ._metrics import Evaluation, confusion_matrix
from ._optimizers import make_optimizer, make_schedule
from ._progress import Progress, show_progress
from ._settings import Settings, default_settings
from ._sources import ArraySource, BatchSource

__all__ = [
    "ArraySource",
    "BatchSource",
    "CheckpointError",
    "DivergedError",
    "Evaluation",
    "History",
    "ProcessLostError",
    "Progress",
    "Settings",
    "TrainingError",
    "confusion_matrix",
    "default_settings",
    "evaluate",
    "fit",
    "fit_after",
    "is_main_process",
    "make_optimizer",
    "make_schedule",
    "show_progress",
    "start_distributed",
]

if not TYPE_CHECKING:
    __getattr__ = renamed(__name__)
