"""Weights of Keras files, whose names are arbitrary: layers are matched by name, or by kind and order."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from flax import nnx

from jaxcnn.nn._conv import Conv
from jaxcnn.nn._conv_transpose import ConvTranspose
from jaxcnn.nn._separable import DepthwiseConv, SeparableConv
from jaxcnn.weights._keras_model import KerasModel, keras_model

from ._keras_matching import (
    CONVOLUTIONS,
    Given,
    Matching,
    Place,
    by_attribute,
    by_name,
    layout,
    own_leaf,
)
from ._order import layers_in_order
from ._state import name_of

_ORDER = ("kernel", "scale", "bias", "mean", "var")
_KINDS: tuple[tuple[type, str], ...] = (
    (nnx.Linear, "dense"),
    (nnx.BatchNorm, "batch_normalization"),
    (nnx.LayerNorm, "layer_normalization"),
    (nnx.GroupNorm, "group_normalization"),
)


def looks_like_keras(names: Mapping[str, Any]) -> bool:
    """Whether arrays have the names of a Keras file."""
    return bool(names) and all("/" in name for name in names)


def from_keras(
    model: nnx.Module,
    arrays: Mapping[str, np.ndarray],
    described: KerasModel | None = None,
    shown: str = "source",
    renamed: Mapping[str, str] | None = None,
) -> dict[str, np.ndarray]:
    """Gives arrays of a Keras file the names and layouts of the model.

    Layers with the names of the model's go there. Otherwise the n-th convolution of the file becomes
    the model's n-th, and so with transposed and depthwise ones, dense layers and normalisations.
    What has no counterpart keeps its name.

    Args:
        model: The model.
        arrays: Name in the file -> array.
        described: What the file says about its layers; by default what the names say.
        shown: The source, for errors.
        renamed: Name in the file -> name in the model, of those that the caller knows.

    Raises:
        AmbiguousOrderError: Layers that could change places have no order in the file.
    """
    renamed = {} if renamed is None else renamed
    places = _places(model)
    variables = {
        f"{place.name}.{leaf}".lstrip("."): (place, leaf)
        for place in places
        for leaf in place.leaves
    }
    result: dict[str, np.ndarray] = {}
    for old, new in renamed.items():
        place, leaf = variables.get(new, (None, ""))
        result[new] = arrays[old] if place is None else layout(place.layer, leaf, arrays[old])
    taken = {variables[new][0].name for new in renamed.values() if new in variables}
    rest = {name: array for name, array in arrays.items() if name not in renamed}
    file = keras_model(rest) if described is None else described
    free = [place for place in places if place.name not in taken]
    given = _given(file, rest, free)
    pairs = by_name(given, free)
    if pairs is None:
        pairs = by_attribute(given, free)
        met = {part.source.path for part, _ in pairs}, {place.name for _, place in pairs}
        given = [part for part in given if part.source.path not in met[0]]
        free = [place for place in free if place.name not in met[1]]
        pairs += Matching(file, rest, shown).all(given, free)
    for part, place in pairs:
        for position, (leaf, name) in enumerate(part.arrays.items()):
            target = f"{place.name}.{own_leaf(leaf, position, place)}".lstrip(".")
            result[target] = layout(place.layer, own_leaf(leaf, position, place), rest.pop(name))
    return result | {
        name: array
        for name, array in rest.items()
        if array.dtype.kind not in "iu" and name not in file.repeats
    }


def _places(model: nnx.Module) -> list[Place]:
    found: list[Place] = []
    separable: set[int] = set()
    met: set[int] = set()
    for _, module in nnx.iter_modules(model):
        if isinstance(module, SeparableConv):
            separable |= {id(module.depthwise), id(module.pointwise)}
    for path, layer in layers_in_order(model):
        leaves = tuple(f for f in _ORDER if isinstance(getattr(layer, f, None), nnx.Variable))
        if id(layer) in met or not leaves:
            continue
        met.add(id(layer))
        kind = _kind(layer, id(layer) in separable)
        found.append(Place(name_of(path), kind, layer, leaves, found[-1].name if found else None))
    return found


def _kind(layer: Any, is_separable: bool) -> str | None:
    if isinstance(layer, ConvTranspose):
        return "conv_transpose"
    if isinstance(layer, Conv | nnx.Conv):
        groups = layer.feature_group_count
        alone = isinstance(layer, DepthwiseConv) or 1 < groups == layer.in_features
        if is_separable:
            return "separable_depthwise" if alone else "separable_pointwise"
        return "depthwise_conv" if alone else "conv"
    return next((kind for family, kind in _KINDS if isinstance(layer, family)), None)


def _given(
    file: KerasModel, arrays: Mapping[str, np.ndarray], places: Sequence[Place]
) -> list[Given]:
    """The layers of the file, with the kinds told apart that the model tells apart."""
    own = {place.kind for place in places}
    kinds = {layer.kind for layer in file.layers}
    merged = "any_conv" in kinds  # of a file that does not tell convolutions apart
    split = {kind: kind for kind in CONVOLUTIONS}
    if "separable_depthwise" not in own:
        split |= {"separable_depthwise": "depthwise_conv", "separable_pointwise": "conv"}
    if "depthwise_conv" not in own and "separable_depthwise" not in own:
        split |= {"depthwise_conv": "conv", "separable_depthwise": "conv"}
    found = []
    for layer in file.layers:
        names = {leaf: name for leaf, name in layer.arrays.items() if name in arrays}
        parts = [(layer.kind, names)]
        if layer.kind == "separable_conv" and "pointwise_kernel" in names:
            first = {leaf: name for leaf, name in names.items() if leaf == "depthwise_kernel"}
            rest = {leaf: name for leaf, name in names.items() if leaf not in first}
            parts = [("separable_depthwise", first), ("separable_pointwise", rest)]
        for kind, part in parts:
            if part:
                is_conv = kind in (*CONVOLUTIONS, "any_conv")
                shared = "any_conv" if merged and is_conv else split.get(kind or "", kind)
                found.append(Given(shared, part, layer))
    return found
