"""Reusing a network: its weights in files, for another task, for another image size."""

from jaxcnn.weights import MissingPackageError

from ._convolutionise import convolutionise, dense_to_conv
from ._cut import cut
from ._errors import AmbiguousOrderError, MismatchError
from ._extractor import FeatureExtractor
from ._features import extract_features
from ._files import load_model, save_model
from ._fold import fold_batch_norm
from ._groups import Group, freeze, gradual_unfreezing, layerwise_rates, train_only
from ._head import replace_head
from ._load import load_weights
from ._preprocessing import Preprocessing, preprocess
from ._pretrained import imagenet_classes, list_pretrained, load_pretrained
from ._probe import Probe, probe_cuts
from ._score_map import ScoreMap, score_map
from ._torch_layout import to_torch_state_dict

__all__ = [
    "AmbiguousOrderError",
    "FeatureExtractor",
    "Group",
    "MismatchError",
    "MissingPackageError",
    "Preprocessing",
    "Probe",
    "ScoreMap",
    "convolutionise",
    "cut",
    "dense_to_conv",
    "extract_features",
    "fold_batch_norm",
    "freeze",
    "gradual_unfreezing",
    "imagenet_classes",
    "layerwise_rates",
    "list_pretrained",
    "load_model",
    "load_pretrained",
    "load_weights",
    "preprocess",
    "probe_cuts",
    "replace_head",
    "save_model",
    "score_map",
    "to_torch_state_dict",
    "train_only",
]
