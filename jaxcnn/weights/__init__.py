"""Weights in files: read from PyTorch, Keras, ONNX and safetensors; written; fetched into a cache.

Files become flat dictionaries of NumPy arrays, with the file's own names and layouts; what these
mean to a model is the business of `jaxcnn.transfer`.
"""

from jaxcnn._cache import cache_folder

from ._errors import (
    CacheError,
    ChecksumError,
    DamagedFileError,
    FetchError,
    MissingPackageError,
    NonFiniteError,
    OfflineError,
    TransferError,
    UnknownFormatError,
    UnsafeFileError,
    UnsupportedFileError,
    WeightFileError,
    WeightsError,
)
from ._fetch import fetch
from ._read import read_metadata, read_weights
from ._safetensors import write_safetensors
from ._torch_write import write_torch

__all__ = [
    "CacheError",
    "ChecksumError",
    "DamagedFileError",
    "FetchError",
    "MissingPackageError",
    "NonFiniteError",
    "OfflineError",
    "TransferError",
    "UnknownFormatError",
    "UnsafeFileError",
    "UnsupportedFileError",
    "WeightFileError",
    "WeightsError",
    "cache_folder",
    "fetch",
    "read_metadata",
    "read_weights",
    "write_safetensors",
    "write_torch",
]
