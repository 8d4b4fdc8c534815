"""Weights of Keras files, whose names are arbitrary: layers are matched by kind and order."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from flax import nnx

from jaxcnn.nn._conv_transpose import ConvTranspose

from ._order import layers_in_order
from ._state import name_of

_LEAVES = {
    "kernel": "kernel",
    "depthwise_kernel": "kernel",
    "bias": "bias",
    "gamma": "scale",
    "beta": "bias",
    "moving_mean": "mean",
    "moving_variance": "var",
}
_ORDER = ("kernel", "scale", "bias", "mean", "var")


def looks_like_keras(names: Mapping[str, Any]) -> bool:
    """Whether arrays have the names of a Keras file."""
    return bool(names) and all("/" in name for name in names)


def from_keras(model: nnx.Module, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Gives arrays of a Keras file the names and layouts of the model.

    The n-th convolution of the file becomes the model's n-th, and so with dense layers and with
    normalisations. What has no counterpart keeps its name.
    """
    given = _by_kind(arrays)
    renamed: dict[str, np.ndarray] = {}
    for path, layer in layers_in_order(model):
        leaves = [leaf for leaf in _ORDER if isinstance(getattr(layer, leaf, None), nnx.Variable)]
        shape = getattr(layer, leaves[0]).shape if leaves else ()
        waiting = given.get(min(len(shape), 3), [])
        if not leaves or not waiting:
            continue
        for position, (name, array) in enumerate(waiting.pop(0)):
            leaf = _leaf(name, position, leaves)
            renamed[name_of((*path, leaf))] = _layout(layer, leaf, array)
    for groups in given.values():
        for group in groups:
            renamed |= dict(group)
    return renamed


def _by_kind(arrays: Mapping[str, np.ndarray]) -> dict[int, list[list[tuple[str, np.ndarray]]]]:
    """Layers by the rank of their first array: 3 or more a convolution, 2 dense, 1 the others."""
    layers: dict[str, list[tuple[str, np.ndarray]]] = {}
    for name, array in arrays.items():
        if array.dtype.kind not in "iu":  # the state of random numbers
            layers.setdefault(name.rpartition("/")[0], []).append((name, array))
    kinds: dict[int, list[list[tuple[str, np.ndarray]]]] = {}
    for group in layers.values():
        kinds.setdefault(min(max(array.ndim for _, array in group), 3), []).append(group)
    return kinds


def _leaf(name: str, position: int, leaves: list[str]) -> str:
    """The leaf in the model; files of Keras 3 number the arrays of a layer."""
    own = name.rpartition("/")[2].partition(":")[0]
    if own.isdigit():
        return leaves[position] if position < len(leaves) else own
    return _LEAVES.get(own, own)


def _layout(layer: Any, leaf: str, array: np.ndarray) -> np.ndarray:
    if leaf != "kernel" or array.ndim < 3:
        return array
    if isinstance(layer, ConvTranspose):
        return array.swapaxes(-1, -2)
    depthwise = (*array.shape[:-2], 1, array.shape[-2] * array.shape[-1])
    return array.reshape(depthwise) if layer.kernel.shape == depthwise else array
