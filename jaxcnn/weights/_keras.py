"""Keras files: one HDF5 dataset for each weight.

Source: `keras.src.legacy.saving.legacy_h5_format` and `keras.src.saving.saving_lib` of Keras 3.15.
"""

import itertools
import re
import struct

import ml_dtypes
import numpy as np

from ._errors import DamagedFileError, UnsafeFileError, UnsupportedFileError, WeightFileError
from ._hdf5 import Hdf5, Node
from ._limits import Budget
from ._source import Source

_MAX_DEPTH = 32
_MAX_DATASETS = 100_000
_LONGEST_NAME = 1000
_WHOLE_MODEL = "model_weights"
_OPTIMIZER = ("optimizer", "optimizer_weights")
_TOP = "top_level_model_weights"


def read_keras(source: Source, budget: Budget) -> dict[str, np.ndarray]:
    """The weights of a Keras file, without the optimizer's; in the order of the layers."""
    try:
        return _weights(Hdf5(source), budget)
    except WeightFileError:
        raise
    except (struct.error, IndexError) as error:
        raise DamagedFileError(f"has a header that is damaged: {error}") from None


def _weights(file: Hdf5, budget: Budget) -> dict[str, np.ndarray]:
    top = file.node(file.root, "/")
    if _WHOLE_MODEL in top.links:
        inner = file.node(top.links[_WHOLE_MODEL], _WHOLE_MODEL)
        top = inner if inner.is_group else top
    legacy = any(name.startswith("layer_names") for name in top.attributes)
    tree = _Tree(file, () if legacy else _OPTIMIZER)
    tree.collect(top, "", 0)
    for name, node in tree.datasets.items():
        _check(file, node, name)
        budget.spend(node.nbytes, name)
    order = _legacy_order(file, top, tree.groups) if legacy else []
    names = [name for name in dict.fromkeys(order) if name in tree.datasets]
    rest = sorted(set(tree.datasets) - set(names), key=_natural)
    return {name: _array(file, tree.datasets[name], name) for name in [*names, *rest]}


class _Tree:
    """Groups and datasets below a group by path; each group once."""

    def __init__(self, file: Hdf5, skipped: tuple[str, ...]):
        self.file = file
        self.skipped = skipped
        self.groups: dict[str, Node] = {}
        self.datasets: dict[str, Node] = {}
        self.met: set[int] = set()

    def collect(self, group: Node, path: str, depth: int) -> None:
        if id(group) in self.met or depth > _MAX_DEPTH:
            raise UnsafeFileError(
                f"is a group that has a second place, or is more than {_MAX_DEPTH} deep", entry=path
            )
        self.met.add(id(group))  # the file keeps its nodes, so that an id stays one node's
        for key, address in group.links.items():
            name = f"{path}/{key}" if path else key
            if name in self.skipped:
                continue
            if len(name) > _LONGEST_NAME or len(self.datasets) >= _MAX_DATASETS:
                raise UnsafeFileError(
                    f"has a name of more than {_LONGEST_NAME} characters, or comes after "
                    f"{_MAX_DATASETS} others",
                    entry=name,
                )
            node = self.file.node(address, name)
            if node.is_group:
                self.groups[name] = node
                self.collect(node, name, depth + 1)
            elif node.is_dataset:
                self.datasets[name] = node


def _is_bfloat16(file: Hdf5, node: Node) -> bool:
    return str(node.dtype) in ("|V2", "uint16") and file.texts(node, "dtype") == ["bfloat16"]


def _check(file: Hdf5, node: Node, name: str) -> None:
    if node.dtype is None or (node.dtype.kind == "V" and not _is_number(file, node)):
        raise UnsupportedFileError(f"holds no numbers, but {node.type_name}", entry=name)
    if node.stored < node.nbytes:
        raise UnsafeFileError(
            f"promises {node.nbytes} bytes of numbers, but has {node.stored}", entry=name
        )


def _is_number(file: Hdf5, node: Node) -> bool:
    return node.dtype == ml_dtypes.bfloat16 or _is_bfloat16(file, node)


def _array(file: Hdf5, node: Node, name: str) -> np.ndarray:
    array = file.array(node, name)
    return array.view(ml_dtypes.bfloat16) if _is_bfloat16(file, node) else array


def _legacy_order(file: Hdf5, top: Node, groups: dict[str, Node]) -> list[str]:
    """The paths as the attributes list them; only groups that were collected are looked at."""
    layers = [*_names(file, top, "layer_names"), _TOP]
    return [
        f"{layer}/{weight}"
        for layer in dict.fromkeys(layers)
        if layer in groups
        for weight in _names(file, groups[layer], "weight_names")
    ]


def _names(file: Hdf5, node: Node, key: str) -> list[str]:
    """A list of names, which Keras cuts into key0, key1, ... where it is long."""
    parts = itertools.takewhile(
        node.attributes.__contains__, (f"{key}{k}" for k in itertools.count())
    )
    keys = [key] if key in node.attributes else parts
    return [text for part in keys for text in file.texts(node, part)]


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Sorts `conv2d_2` before `conv2d_10`."""
    pieces = re.split(r"([0-9]+)", name)
    return [(0, int(p[:18]), p) if p.isdecimal() else (1, 0, p) for p in pieces]
