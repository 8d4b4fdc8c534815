"""Keras files: one HDF5 dataset for each weight, alone or in a `.keras` archive.

Source: `keras.src.legacy.saving.legacy_h5_format` and `keras.src.saving.saving_lib` of Keras 3.15.
"""

import itertools
import zlib

import numpy as np

from ._contents import Contents
from ._errors import DamagedFileError, UnsafeFileError
from ._hdf5 import Hdf5, read_hdf5
from ._keras_config import Configuration
from ._keras_model import keras_model, natural
from ._limits import Budget
from ._source import Source
from ._zip import Archive

ARCHIVED = "model.weights.h5"
_CONFIGURATION = "config.json"
_TOP = "top_level_model_weights"
_LARGEST_CONFIGURATION = 2**26


def read_keras(source: Source, budget: Budget) -> Contents:
    """The weights of an HDF5 file, without the optimizer's; in the order of the layers."""
    return _contents(read_hdf5(source, 0, source.size, budget), None)


def read_keras_archive(archive: Archive, budget: Budget) -> Contents:
    """The same of a `.keras` file, whose configuration has the order."""
    configuration = None
    if _CONFIGURATION in archive.entries:
        if archive.entries[_CONFIGURATION].size > _LARGEST_CONFIGURATION:
            raise UnsafeFileError("is larger than a model needs", entry=_CONFIGURATION)
        configuration = Configuration(bytes(archive.array(_CONFIGURATION)))
    entry = archive.entry(ARCHIVED)
    checksum = 0
    for place in range(0, entry.size, 2**24):
        part = archive.source.read(entry.start + place, min(2**24, entry.size - place))
        checksum = zlib.crc32(part, checksum)
    if checksum != entry.crc:
        raise DamagedFileError("the checksum (CRC-32) is wrong", entry=ARCHIVED)
    return _contents(read_hdf5(archive.source, entry.start, entry.size, budget), configuration)


def _contents(file: Hdf5, configuration: Configuration | None) -> Contents:
    described = file.attributes.get("", {}).get("model_config")
    if configuration is None and described:
        configuration = Configuration(described[0])
    order = _legacy_order(file) if file.is_legacy else []
    first = [name for name in dict.fromkeys(order) if name in file.arrays]
    rest = sorted(set(file.arrays) - set(first), key=natural)
    arrays: dict[str, np.ndarray] = {name: file.arrays[name] for name in [*first, *rest]}
    names = {
        path.removesuffix("/vars"): texts["name"][0]
        for path, texts in file.attributes.items()
        if texts.get("name")
    }
    model = keras_model(arrays, names=names, configuration=configuration, is_legacy=file.is_legacy)
    if configuration is not None and not file.is_legacy:
        mentioned = [name for layer in model.layers for name in layer.arrays.values()]
        arrays = {name: arrays[name] for name in dict.fromkeys([*mentioned, *arrays])}
    return Contents(arrays, model)


def _legacy_order(file: Hdf5) -> list[str]:
    """The paths as the attributes list them."""
    layers = [*_texts(file, "", "layer_names"), _TOP]
    return [
        f"{layer}/{weight}"
        for layer in dict.fromkeys(layers)
        for weight in _texts(file, layer, "weight_names")
    ]


def _texts(file: Hdf5, path: str, key: str) -> list[str]:
    """A list of names, which Keras cuts into key0, key1, ... where it is long."""
    attributes = file.attributes.get(path, {})
    parts = itertools.takewhile(attributes.__contains__, (f"{key}{k}" for k in itertools.count()))
    keys = [key] if key in attributes else list(parts)
    return [text for part in keys for text in attributes[part]]
