"""Which layer of a Keras file goes into which layer of a model: by name, else by kind and order."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from jaxcnn.nn._conv_transpose import ConvTranspose
from jaxcnn.weights._keras_model import KerasLayer, KerasModel

from ._errors import AmbiguousOrderError

_LEAVES = {
    "kernel": "kernel",
    "depthwise_kernel": "kernel",
    "pointwise_kernel": "kernel",
    "bias": "bias",
    "gamma": "scale",
    "beta": "bias",
    "moving_mean": "mean",
    "moving_variance": "var",
}
CONVOLUTIONS = (
    "conv",
    "conv_transpose",
    "depthwise_conv",
    "separable_depthwise",
    "separable_pointwise",
)
_PAIRED = ("batch_normalization", "layer_normalization", "group_normalization")


class Place(NamedTuple):
    """A layer of the model."""

    name: str
    kind: str | None
    layer: Any
    leaves: tuple[str, ...]
    before: str | None  # the layer with variables that was made just before


class Given(NamedTuple):
    """A layer of the file, or one of the two that a separable convolution is."""

    kind: str | None
    arrays: dict[str, str]  # leaf, as in `_LEAVES` -> name in the file
    source: KerasLayer


def own_leaf(leaf: str, position: int, place: Place) -> str:
    """The leaf in the model; of some layers the file only has a number."""
    if leaf.isdigit():
        return place.leaves[position] if position < len(place.leaves) else leaf
    return _LEAVES.get(leaf, leaf)


def layout(layer: Any, leaf: str, array: np.ndarray) -> np.ndarray:
    if leaf != "kernel" or array.ndim < 3:
        return array
    if isinstance(layer, ConvTranspose):
        return array.swapaxes(-1, -2)
    depthwise = (*array.shape[:-2], 1, array.shape[-2] * array.shape[-1])
    return array.reshape(depthwise) if layer.kernel.shape == depthwise else array


def by_name(given: Sequence[Given], places: Sequence[Place]) -> list[tuple[Given, Place]] | None:
    """The pairs, if each layer of the file has the name of another layer of the model."""
    named: dict[str, Place] = {}
    for place in places:
        named |= {place.name: place, place.name.replace(".", "_"): place}
        named.setdefault(place.name.rpartition(".")[2], place)
    found = [(part, named.get(part.source.name or "")) for part in given]
    pairs = [(part, place) for part, place in found if place is not None]
    fits = len(pairs) == len(given) == len(places) == len({place.name for _, place in pairs})
    return pairs if fits and all(_same_kind(part, place) for part, place in pairs) else None


def by_attribute(given: Sequence[Given], places: Sequence[Place]) -> list[tuple[Given, Place]]:
    """The pairs of layers that are the same attribute of two models that people wrote."""
    named = {place.name: place for place in places}
    found = [
        (part, named.get(part.source.path.replace("/", ".")))
        for part in given
        if part.source.path and "layers" not in part.source.path.split("/")
    ]
    return [(part, place) for part, place in found if place and _same_kind(part, place)]


def _same_kind(part: Given, place: Place) -> bool:
    if part.kind == "any_conv":
        return place.kind in CONVOLUTIONS
    return part.kind in (place.kind, "conv" if place.kind == "depthwise_conv" else None)


class Matching:
    """Pairs layers of one file and one model, kind by kind."""

    def __init__(self, file: KerasModel, arrays: Mapping[str, np.ndarray], shown: str) -> None:
        self.file = file
        self.arrays = arrays
        self.shown = shown
        self.placed: dict[str, str] = {}  # group in the file -> path in the model

    def all(self, given: Sequence[Given], places: Sequence[Place]) -> list[tuple[Given, Place]]:
        kinds = dict.fromkeys(part.kind for part in given if part.kind is not None)
        pairs = []
        for kind in sorted(kinds, key=lambda kind: kind in _PAIRED):  # what they follow comes first
            parts = [part for part in given if part.kind == kind]
            own = [place for place in places if self._is(kind, place, kinds)]
            found = self._pairs(kind, parts, own, places)
            self.placed |= {part.source.path: place.name for part, place in found}
            pairs += found
        return pairs

    def _is(self, kind: str, place: Place, kinds: Mapping[str, Any]) -> bool:
        if kind == "any_conv":
            return place.kind in CONVOLUTIONS
        if kind == "conv" and "depthwise_conv" not in kinds and place.kind == "depthwise_conv":
            return True  # a convolution with as many groups as channels
        return place.kind == kind

    def _pairs(
        self, kind: str, parts: list[Given], own: list[Place], places: Sequence[Place]
    ) -> list[tuple[Given, Place]]:
        if self.file.are_ordered(part.source for part in parts):
            return list(zip(parts, own, strict=False))
        if kind in _PAIRED and (found := self._after_their_layers(parts, own, places)):
            return found
        left = list(parts)
        pairs: list[tuple[Given, Place]] = []
        unmatched: list[Place] = []
        sizes: dict[tuple, list[tuple[Given, Place]]] = {}
        for place in own:
            part = next((part for part in left if self._fits(part, place)), None)
            if part is None:
                unmatched.append(place)
                continue
            left.remove(part)
            pairs.append((part, place))
            shape = tuple(self.arrays[name].shape for name in part.arrays.values())
            sizes.setdefault(shape, []).append((part, place))
        for alike in sizes.values():
            if not self.file.are_ordered(part.source for part, _ in alike):
                raise self._error(alike)
        return pairs + list(zip(left, unmatched, strict=False))  # so that the shapes are compared

    def _fits(self, part: Given, place: Place) -> bool:
        for position, (leaf, name) in enumerate(part.arrays.items()):
            own = own_leaf(leaf, position, place)
            if own not in place.leaves:
                return False
            if layout(place.layer, own, self.arrays[name]).shape != getattr(place.layer, own).shape:
                return False
        return True

    def _after_their_layers(
        self, parts: Sequence[Given], own: Sequence[Place], places: Sequence[Place]
    ) -> list[tuple[Given, Place]] | None:
        """The pairs, where each normalisation follows one other layer, in the file and in the model."""
        kinds = {place.name: place.kind for place in places}
        after = {place.before: place for place in own}
        if len(parts) != len(own) or any(kinds.get(p.before or "", "") in _PAIRED for p in own):
            return None
        pairs = []
        for part in parts:
            producer = self.file.producer(part.source)
            place = after.get(self.placed.get(producer.path)) if producer else None
            if place is None:
                return None
            pairs.append((part, place))
        return pairs if len({place.name for _, place in pairs}) == len(own) else None

    def _error(self, alike: Sequence[tuple[Given, Place]]) -> AmbiguousOrderError:
        why = (
            "they have the same kind and shapes, and lie in different parts of the model or run side "
            "by side"
        )
        if not self.file.has_configuration:
            why += ". A .keras file, which has the model's configuration, may say more"
        return AmbiguousOrderError(
            self.shown,
            why,
            [part.source.path for part, _ in alike],
            [place.name for _, place in alike],
        )
