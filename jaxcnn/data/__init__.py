"""Data sets: embedded, prepared by tensorflow-datasets without TensorFlow, or folders as they are.

`load` reads a split into memory, `loader` gives batches in an order that can be resumed. Both take a
name of `list_datasets()` or a path. What is not embedded is prepared once, by `prepare` or by
``jaxcnn data prepare NAME``.
"""

from jaxcnn._notice import DataWarning

from ._catalogue import list_datasets
from ._dataset import Dataset
from ._embedded import EmbeddedSet, list_embedded, load_embedded
from ._errors import (
    BrokenImageError,
    DataError,
    DataFileError,
    DataPackageError,
    DataWriteError,
    NotPreparedError,
)
from ._load import load
from ._loader import Loader, loader
from ._open import splits_of
from ._prepare import Prepared, prepare

__all__ = [
    "BrokenImageError",
    "DataError",
    "DataFileError",
    "DataPackageError",
    "DataWarning",
    "DataWriteError",
    "Dataset",
    "EmbeddedSet",
    "Loader",
    "NotPreparedError",
    "Prepared",
    "list_datasets",
    "list_embedded",
    "load",
    "load_embedded",
    "loader",
    "prepare",
    "splits_of",
]
