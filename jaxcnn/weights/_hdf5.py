"""Keras files: HDF5 with one dataset for each weight.

HDF5 can point out of a file (external links, external and virtual datasets) and can promise numbers that it does not
have (fill values, filters). Weights need none of that, so it is an error.

Source: `keras.src.legacy.saving.legacy_h5_format` and `keras.src.saving.saving_lib` of Keras 3.15.
"""

import itertools
import math
import re
from typing import Any

import ml_dtypes
import numpy as np

from ._errors import (
    DamagedFileError,
    MissingPackageError,
    UnsafeFileError,
    UnsupportedFileError,
    WeightFileError,
)
from ._limits import Budget
from ._source import Source

_MAX_DEPTH = 32
_MAX_DATASETS = 100_000
_LONGEST_NAME = 1000
_LARGEST_ATTRIBUTE = 2**20
_TYPES = {np.dtype(name) for name in ("f2", "f4", "f8", "c8", "c16", "?")} | {
    np.dtype(f"{kind}{size}") for kind in "iu" for size in (1, 2, 4, 8)
}
_WHOLE_MODEL = "model_weights"


def read_hdf5(source: Source, budget: Budget) -> dict[str, np.ndarray]:
    """The weights of a Keras file, without the optimizer's; in the order of the layers."""
    h5py = _h5py()
    source.file.seek(0)
    try:
        with h5py.File(source.file, "r") as file:
            group = file[_WHOLE_MODEL] if _is_group(h5py, file, _WHOLE_MODEL) else file
            return _weights(h5py, group, budget)
    except WeightFileError:
        raise
    except (OSError, RuntimeError, LookupError, TypeError, ValueError, AttributeError) as error:
        text = str(error).partition("\n")[0][:200]
        raise DamagedFileError(f"the HDF5 library cannot read it: {text}") from None


def _h5py() -> Any:
    try:
        import h5py
    except ImportError:
        raise MissingPackageError(
            'reading Keras files needs h5py: pip install "jaxcnn[weights]"', name="h5py"
        ) from None
    return h5py


def _is_group(h5py: Any, file: Any, name: str) -> bool:
    link = file.get(name, getlink=True)
    return isinstance(link, h5py.HardLink) and isinstance(file[name], h5py.Group)


def _weights(h5py: Any, group: Any, budget: Budget) -> dict[str, np.ndarray]:
    legacy = any(name.startswith("layer_names") for name in group.attrs)
    tree = _Tree(h5py, () if legacy else ("optimizer", "optimizer_weights"))
    tree.collect(group, "", 0)
    for name, dataset in tree.datasets.items():
        _check(dataset, name)
        budget.spend(dataset.nbytes, name)
    order = _legacy_order(group, tree.groups) if legacy else []
    names = [name for name in dict.fromkeys(order) if name in tree.datasets]
    rest = sorted(set(tree.datasets) - set(names), key=_natural)
    return {name: _array(tree.datasets[name]) for name in [*names, *rest]}


class _Tree:
    """Groups and datasets below a group by path; hard links only, each group once."""

    def __init__(self, h5py: Any, skipped: tuple[str, ...]):
        self.h5py = h5py
        self.skipped = skipped
        self.groups: dict[str, Any] = {}
        self.datasets: dict[str, Any] = {}
        self.addresses: set[int] = set()

    def collect(self, group: Any, path: str, depth: int) -> None:
        address = self.h5py.h5o.get_info(group.id).addr
        if address in self.addresses or depth > _MAX_DEPTH:
            raise UnsafeFileError(
                f"is a group that has a second place, or is more than {_MAX_DEPTH} deep", entry=path
            )
        self.addresses.add(address)
        for key in group:
            name = f"{path}/{key}" if path else key
            if name in self.skipped:
                continue
            if len(name) > _LONGEST_NAME or len(self.datasets) >= _MAX_DATASETS:
                raise UnsafeFileError(
                    f"has a name of more than {_LONGEST_NAME} characters, or comes after "
                    f"{_MAX_DATASETS} others",
                    entry=name,
                )
            link = group.get(key, getlink=True)
            if not isinstance(link, self.h5py.HardLink):
                kind = type(link).__name__
                raise UnsafeFileError(f"is a {kind}, which weights never need", entry=name)
            child = group[key]
            if isinstance(child, self.h5py.Group):
                self.groups[name] = child
                self.collect(child, name, depth + 1)
            elif isinstance(child, self.h5py.Dataset):
                self.datasets[name] = child


def _check(dataset: Any, name: str) -> None:
    if dataset.external:
        raise UnsafeFileError("has its numbers in another file", entry=name)
    if dataset.is_virtual:
        raise UnsafeFileError("is a virtual dataset, put together from other files", entry=name)
    if dataset.shape is None or dataset.dtype.newbyteorder("=") not in _TYPES:
        raise UnsupportedFileError(f"holds no numbers, but {dataset.dtype}", entry=name)
    if dataset.id.get_create_plist().get_nfilters():
        raise UnsupportedFileError(
            "is compressed, which Keras never does; unpack it with h5repack -f NONE", entry=name
        )
    stored = dataset.id.get_storage_size()
    if stored < dataset.nbytes:
        raise UnsafeFileError(
            f"promises {dataset.nbytes} bytes of numbers, but has {stored}", entry=name
        )


def _array(dataset: Any) -> np.ndarray:
    values = np.asarray(dataset[()])
    if values.dtype.kind == "b":
        return np.asarray(values.view(np.uint8) != 0)  # a byte beside 0 and 1 is no bool
    values = values.astype(values.dtype.newbyteorder("="), order="C", copy=False)
    if values.dtype == np.uint16 and _texts(dataset, "dtype") == ["bfloat16"]:
        return values.view(ml_dtypes.bfloat16)
    return values


def _legacy_order(group: Any, groups: dict[str, Any]) -> list[str]:
    """The paths as the attributes list them; only groups that were collected are looked at."""
    layers = [*_texts(group, "layer_names"), "top_level_model_weights"]
    return [
        f"{layer}/{weight}"
        for layer in layers
        if layer in groups
        for weight in _texts(groups[layer], "weight_names")
    ]


def _texts(owner: Any, name: str) -> list[str]:
    """An attribute of texts, which Keras cuts into name0, name1, ... where it is long."""
    parts = itertools.takewhile(owner.attrs.__contains__, (f"{name}{k}" for k in itertools.count()))
    texts = []
    for key in [name] if name in owner.attrs else parts:
        stored = owner.attrs.get_id(key)
        if math.prod(stored.shape or ()) * stored.dtype.itemsize > _LARGEST_ATTRIBUTE:
            raise UnsafeFileError(f"has more than {_LARGEST_ATTRIBUTE} bytes", entry=key)
        for value in np.asarray(owner.attrs[key]).reshape(-1):
            if not isinstance(value, str | bytes):
                raise DamagedFileError("must hold texts", entry=key)
            texts.append(value.decode("utf-8") if isinstance(value, bytes) else str(value))
    return texts


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Sorts `conv2d_2` before `conv2d_10`."""
    pieces = re.split(r"(\d+)", name)
    return [(0, int(p[:18]), p) if p.isdigit() else (1, 0, p) for p in pieces]
