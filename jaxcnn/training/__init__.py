"""Training: one loop over pure functions, on one device or many, that can be broken off anywhere.

`fit` trains, `evaluate` judges; `Settings` say how.
"""

from ._errors import CheckpointError, DivergedError, HostLostError, TrainingError
from ._evaluate import evaluate
from ._fit import fit
from ._fit_after import fit_after
from ._history import History
from ._hosts import is_first_host, start_distributed
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
    "HostLostError",
    "Progress",
    "Settings",
    "TrainingError",
    "confusion_matrix",
    "default_settings",
    "evaluate",
    "fit",
    "fit_after",
    "is_first_host",
    "make_optimizer",
    "make_schedule",
    "show_progress",
    "start_distributed",
]
