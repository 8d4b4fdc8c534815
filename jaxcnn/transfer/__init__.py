"""Reusing a network: its weights in files, for another task, for another image size."""

from ._convolutionise import convolutionise, dense_to_conv
from ._errors import MismatchError, MissingPackageError
from ._files import load_model, save_model
from ._load import load_weights
from ._preprocessing import Preprocessing, preprocess
from ._pretrained import imagenet_classes, list_pretrained, load_pretrained
from ._torch_layout import to_torch_state_dict

__all__ = [
    "MismatchError",
    "MissingPackageError",
    "Preprocessing",
    "convolutionise",
    "dense_to_conv",
    "imagenet_classes",
    "list_pretrained",
    "load_model",
    "load_pretrained",
    "load_weights",
    "preprocess",
    "save_model",
    "to_torch_state_dict",
]
