"""Reusing a network: its weights in files, for another task, for another image size."""

from ._convolutionise import convolutionise, dense_to_conv
from ._errors import MismatchError
from ._files import load_model, save_model
from ._preprocessing import Preprocessing, preprocess

__all__ = [
    "MismatchError",
    "Preprocessing",
    "convolutionise",
    "dense_to_conv",
    "load_model",
    "preprocess",
    "save_model",
]
