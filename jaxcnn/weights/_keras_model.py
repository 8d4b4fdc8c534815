"""The layers behind the arrays of a Keras file, and what the file says about their order.

Keras' new files name a layer by its class and a number, `layers/conv2d_1/vars/0`: there is an order
among the convolutions of one model, none between kinds, and none between a model and one nested in
it. The configuration, where the file has it, gives the order; of layers that run side by side it
gives none that means anything.

Source: `keras.src.saving.saving_lib` and `keras.src.models.functional` of Keras 3.15.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ._keras_config import Chain, Configuration

_CONV = re.compile(r"(depthwise_|separable_)?conv[123]d(_transpose)?")
_NUMBERED = re.compile(r"(.*?)(?:_([0-9]{1,18}))?")
_LEAVES = {
    "conv": ("kernel", "bias"),
    "conv_transpose": ("kernel", "bias"),
    "depthwise_conv": ("depthwise_kernel", "bias"),
    "separable_conv": ("depthwise_kernel", "pointwise_kernel", "bias"),
    "dense": ("kernel", "bias"),
    "batch_normalization": ("gamma", "beta", "moving_mean", "moving_variance"),
    "layer_normalization": ("gamma", "beta"),
    "group_normalization": ("gamma", "beta"),
}
# Classes of Keras's whose arrays could pass for another layer's.
_OTHERS = {
    "embedding", "p_re_lu", "normalization", "einsum_dense", "lstm", "gru", "simple_rnn", "lstm_cell",
    "gru_cell", "simple_rnn_cell", "locally_connected1d", "locally_connected2d",
    "multi_head_attention", "spectral_normalization", "group_query_attention", "attention",
}  # fmt: skip
# The option of the configuration that leaves an array out.
_OPTION = {"bias": "use_bias", "gamma": "scale", "beta": "center"}


@dataclass(frozen=True)
class KerasLayer:
    """A layer that has arrays.

    Attributes:
        path: Its group in the file.
        name: What the model calls it; None where the file does not say.
        kind: Keras' class in snake case without the rank; None where it is not known.
        arrays: Leaf, such as ``kernel`` or ``gamma``, or a number where it is not known -> the
            array's name in the file.
    """

    path: str
    name: str | None
    kind: str | None
    arrays: Mapping[str, str]


class KerasModel:
    """The layers of a file in its order, as far as it has one.

    Attributes:
        layers: Those with arrays.
        repeats: Names of arrays that the file has under another name too.
    """

    def __init__(
        self,
        layers: Sequence[KerasLayer],
        chains: Mapping[str, Chain],
        configuration: Configuration | None,
        is_listed: bool,
        repeats: Iterable[str] = (),
    ) -> None:
        self.layers = tuple(layers)
        self.repeats = frozenset(repeats)
        self._chains = chains
        self._configuration = configuration
        self._is_listed = is_listed

    @property
    def has_configuration(self) -> bool:
        """Whether the file lists the model's layers."""
        return self._configuration is not None and bool(self._configuration.layers)

    def are_ordered(self, layers: Iterable[KerasLayer]) -> bool:
        """Whether the file says of each two of these layers which comes first."""
        return all(self._is_before(a, b) for a, b in pairwise(layers))

    def producer(self, layer: KerasLayer) -> KerasLayer | None:
        """The one layer with arrays whose output, through layers without, is this one's input."""
        chain = self._chains.get(layer.path)
        if chain is None or self._configuration is None:
            return None
        owners = {
            self._chains[other.path]: other for other in self.layers if other.path in self._chains
        }
        return self._configuration.producer(chain, owners)

    def _is_before(self, first: KerasLayer, second: KerasLayer) -> bool:
        chains = self._chains.get(first.path), self._chains.get(second.path)
        if self._configuration and chains[0] and chains[1] and chains[0] != chains[1]:
            return self._configuration.are_ordered(chains[0], chains[1])
        if self._is_listed:
            return True
        return _are_numbered(first.path, second.path) and not _contradicts(first, second)


def keras_model(
    arrays: Mapping[str, np.ndarray],
    *,
    names: Mapping[str, str] | None = None,
    configuration: Configuration | None = None,
    is_legacy: bool | None = None,
) -> KerasModel:
    """The layers that the arrays of a file belong to.

    Args:
        arrays: Name -> array, in the file's order.
        names: Path of a layer -> its name, where the file has these.
        configuration: The model's, where the file has it.
        is_legacy: Whether the order of the arrays is the model's; None decides it by the names.
    """
    if is_legacy is None:
        is_legacy = not any("/vars/" in name for name in arrays)
    chains: dict[str, Chain] = {}
    layers = []
    for path, group in _groups(arrays, is_legacy).items():
        listed = configuration.find(path, is_legacy) if configuration else None
        if listed is not None:
            chains[path] = listed.chain
        name = listed.name if listed else (names or {}).get(path)
        if is_legacy and name is None:
            name = path.rpartition("/")[2]
        if listed:
            kind = kind_of(listed.kind) or _kind_by_shape(listed.kind, [arrays[n] for n in group])
        else:
            kind = _guessed_kind(path, group, arrays, is_legacy)
        options = listed.options if listed else None
        layers.append(KerasLayer(path, name, kind, _named(kind, options, group, is_legacy)))
    repeated = _repeated(layers, arrays) if is_legacy else []
    layers = [layer for layer in layers if layer not in repeated]
    if not is_legacy:
        layers.sort(key=lambda layer: natural(layer.path))
    if not is_legacy and configuration is not None:  # what it does not list goes to the end
        last = (len(layers) + 10**9,)
        layers.sort(key=lambda layer: chains.get(layer.path, last))
    repeats = [name for layer in repeated for name in layer.arrays.values()]
    return KerasModel(layers, chains, configuration, is_legacy, repeats)


def kind_of(name: str) -> str | None:
    """``conv2d_transpose`` as ``conv_transpose``; None for classes that no layer here is like."""
    if found := _CONV.fullmatch(name):
        return f"{found[1] or ''}conv{found[2] or ''}"
    return name if name in _LEAVES else None


def natural(name: str) -> list[tuple[int, int, str]]:
    """Sorts `conv2d_2` before `conv2d_10`."""
    pieces = re.split(r"([0-9]+)", name)
    return [(0, int(p[:18]), p) if p.isdecimal() else (1, 0, p) for p in pieces]


def _groups(arrays: Mapping[str, np.ndarray], is_legacy: bool) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name, array in arrays.items():
        if array.dtype.kind not in "iu":  # the state of random numbers, counters
            path = name.rpartition("/")[0]
            groups.setdefault(path if is_legacy else path.removesuffix("/vars"), []).append(name)
    return groups


def _guessed_kind(
    path: str, group: Sequence[str], arrays: Mapping[str, np.ndarray], is_legacy: bool
) -> str | None:
    last = _numbered(path.rpartition("/")[2])[0]
    if not is_legacy:
        return kind_of(last) or _kind_by_shape(last, [arrays[name] for name in group])
    leaves = {_own(name) for name in group}
    if "pointwise_kernel" in leaves:
        return "separable_conv"
    if "depthwise_kernel" in leaves:
        return "depthwise_conv"
    if "kernel" in leaves:
        rank = max(arrays[name].ndim for name in group)
        return "dense" if rank == 2 else "any_conv" if rank > 2 else None
    if {"moving_mean", "moving_variance"} & leaves:
        return "batch_normalization"
    return kind_of(last) or ("layer_normalization" if {"gamma", "beta"} & leaves else None)


def _kind_by_shape(name: str, group: Sequence[np.ndarray]) -> str | None:
    """Of a class of one's own, or an attribute of a model of one's own: its name is any."""
    if name in _OTHERS:
        return None
    ranks = [array.ndim for array in group]
    if ranks in ([1] * 4, [1] * 3):
        return "batch_normalization"
    if ranks in ([2], [2, 1]):
        return "dense"
    return "any_conv" if ranks and ranks[0] > 2 and ranks[1:] in ([], [1]) else None


def _named(
    kind: str | None, options: Mapping[str, Any] | None, group: Sequence[str], is_legacy: bool
) -> dict[str, str]:
    if is_legacy:
        return {_own(name): name for name in group}
    leaves: list[str] = list(_LEAVES.get(kind or "", ("kernel", "bias") if kind else ()))
    if options is not None:
        leaves = [leaf for leaf in leaves if options.get(_OPTION.get(leaf, ""), True) is not False]
    elif kind == "batch_normalization" and len(group) == 2:
        leaves = leaves[2:]
    if len(leaves) < len(group) or (kind == "batch_normalization" and len(leaves) != len(group)):
        return {str(position): name for position, name in enumerate(group)}
    return dict(zip(leaves, group, strict=False))


def _own(name: str) -> str:
    return name.rpartition("/")[2].partition(":")[0]


def _numbered(segment: str) -> tuple[str, int]:
    found = _NUMBERED.fullmatch(segment)
    return (found[1], int(found[2] or 0)) if found else (segment, 0)


def _are_numbered(first: str, second: str) -> bool:
    """Whether both are in one list of layers and of one class there, so that numbers order them."""
    one, other = first.split("/"), second.split("/")
    place = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if place is None:
        return False
    stems = _numbered(one[place])[0], _numbered(other[place])[0]
    in_list = (place > 0 and one[place - 1] == "layers") or kind_of(stems[0]) is not None
    return stems[0] == stems[1] and in_list


def _contradicts(first: KerasLayer, second: KerasLayer) -> bool:
    """Whether the layers were made in another order than they are run: a sign that they are parallel.

    Keras numbers the names that it makes up in the order in which layers are made.
    """
    (stem, number), (other, later) = _numbered(first.name or ""), _numbered(second.name or "")
    made_up = kind_of(stem) is not None and stem == other
    return made_up and number > later


def _repeated(layers: Sequence[KerasLayer], arrays: Mapping[str, np.ndarray]) -> list[KerasLayer]:
    """Those that are there already: legacy files have a layer that models share below each."""
    repeated: list[KerasLayer] = []
    met: dict[str, list[KerasLayer]] = {}
    for layer in layers:
        inner = layer.path.partition("/")[2]
        others = met.setdefault(inner, [])
        if inner and any(_are_equal(layer, other, arrays) for other in others):
            repeated.append(layer)
        others.append(layer)
    return repeated


def _are_equal(one: KerasLayer, other: KerasLayer, arrays: Mapping[str, np.ndarray]) -> bool:
    if one.arrays.keys() != other.arrays.keys():
        return False
    pairs = [(arrays[one.arrays[leaf]], arrays[name]) for leaf, name in other.arrays.items()]
    return all(a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in pairs)
