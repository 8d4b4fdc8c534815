"""PyTorch files, ZIP and legacy, without PyTorch.

A file is read in three steps: the pickle becomes descriptions of tensors (`_tensors`), these are
counted and named, and only then are the bytes of the storages taken.

Source: `torch.serialization` of PyTorch 2.13 (`_save`, `_legacy_save`).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ._contents import Contents
from ._errors import DamagedFileError, UnsafeFileError, UnsupportedFileError, short
from ._inert import Inert
from ._limits import Budget
from ._pickle import Pickle
from ._source import Cursor, Source
from ._tensors import NAMES, Storage, Tensor, storage_of
from ._torch_content import chosen, named
from ._zip import Archive

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001

Load = Callable[[Storage], np.ndarray]


def read_archive(archive: Archive, root: str, entry: str | None, budget: Budget) -> Contents:
    """The arrays of a ZIP file that `torch.save` wrote."""
    if any(name.startswith((f"{root}/code/", f"{root}/constants.pkl")) for name in archive.entries):
        raise UnsupportedFileError(
            "is a TorchScript program (torch.jit.save), not weights. In PyTorch save the bare "
            "weights: torch.save(torch.jit.load(path).state_dict(), new_path)"
        )
    order = f"{root}/byteorder"
    swap = order in archive.entries and bytes(archive.array(order)) == b"big"
    pickled = bytes(archive.array(f"{root}/data.pkl"))
    content = Pickle(Cursor(Source.of_bytes(pickled)), NAMES, storage_of, (dict, Tensor)).run()

    def load(storage: Storage) -> np.ndarray:
        name = f"{root}/data/{storage.key}"
        found = archive.entries.get(name)
        if found is None:
            raise DamagedFileError("the archive lacks this storage", entry=name)
        wanted = storage.whole * storage.dtype.itemsize
        if found.size != wanted:
            raise UnsafeFileError(
                f"a storage of {wanted} bytes is asked for, but it has {found.size}", entry=name
            )
        return archive.array(name)

    return _contents(content, entry, budget, load, swap)


def is_legacy(source: Source) -> bool:
    """Whether a pickle with the legacy format's number comes first."""
    first = Pickle(Cursor(source), NAMES).run()
    if isinstance(first, Inert):
        raise first.refusal()
    return first == _MAGIC


def read_legacy(source: Source, entry: str | None, budget: Budget) -> Contents:
    """The arrays of a file in the format that PyTorch wrote before version 1.6."""
    cursor = Cursor(source)
    Pickle(cursor, NAMES).run()
    version = Pickle(cursor, NAMES).run()
    if version != _PROTOCOL:
        raise UnsupportedFileError(f"has version {short(version)} of the legacy format, not 1001")
    system = Pickle(cursor, NAMES).run()
    if type(system) is not dict or system.get("little_endian") is not True:
        raise UnsupportedFileError("was written on a big-endian machine; save it again on another")
    sizes: dict[str, int] = {}
    item: dict[str, int] = {}

    def persistent(identifier: Any) -> Storage | Inert:
        storage = storage_of(identifier)
        if isinstance(storage, Inert):
            return storage
        nbytes = storage.whole * storage.dtype.itemsize
        if sizes.setdefault(storage.key, nbytes) != nbytes:
            raise UnsafeFileError("a storage is described with two sizes", entry=storage.key)
        item.setdefault(storage.key, storage.dtype.itemsize)
        return storage

    content = Pickle(cursor, NAMES, persistent, (dict, Tensor)).run()
    keys = Pickle(cursor, NAMES).run()
    places = _places(source, cursor.position, keys, sizes, item)

    def load(storage: Storage) -> np.ndarray:
        if storage.key not in places:
            raise DamagedFileError("the file lacks this storage", entry=storage.key)
        return source.array(places[storage.key], sizes[storage.key], storage.key)

    return _contents(content, entry, budget, load, swap=False)


def _places(
    source: Source, position: int, keys: Any, sizes: dict[str, int], item: dict[str, int]
) -> dict[str, int]:
    """Where each storage's numbers begin: behind their count, one storage after the other."""
    if type(keys) is not list or any(type(key) is not str for key in keys):
        raise DamagedFileError("the list of storages is damaged")
    places: dict[str, int] = {}
    for key in keys:
        if key not in sizes or key in places:
            raise DamagedFileError("the list of storages has one that no tensor uses", entry=key)
        count = int.from_bytes(source.read(position, 8, key), "little", signed=True)
        if count * item[key] != sizes[key]:
            raise UnsafeFileError(
                f"a storage of {sizes[key]} bytes is asked for, but it has {count} elements of "
                f"{item[key]} bytes",
                entry=key,
            )
        source.check(position + 8, sizes[key], key)
        places[key] = position + 8
        position += 8 + sizes[key]
    return places


def _contents(content: Any, entry: str | None, budget: Budget, load: Load, swap: bool) -> Contents:
    part, notes = chosen(content, entry)
    tensors, unnamed = named(part)
    for name, tensor in tensors.items():
        budget.spend(tensor.nbytes, name)
    users: dict[str, int] = {}
    for tensor in tensors.values():
        users[tensor.storage.key] = users.get(tensor.storage.key, 0) + 1
    loaded: dict[str, np.ndarray] = {}
    result = {}
    for name, tensor in tensors.items():
        key = tensor.storage.key
        if key not in loaded:
            loaded[key] = load(tensor.storage)
        result[name] = _array(tensor, loaded[key], users[key] == 1, swap)
        users[key] -= 1
        if not users[key]:
            del loaded[key]
    return Contents(result, notes=notes, unnamed=unnamed)


def _array(tensor: Tensor, data: np.ndarray, alone: bool, swap: bool) -> np.ndarray:
    """The tensor's numbers in its order; the storage itself where nothing else is in it."""
    storage, dtype = tensor.storage, tensor.dtype
    if data.size != storage.whole * dtype.itemsize:
        raise UnsafeFileError("a storage is described with two sizes", entry=storage.key)
    first = (storage.start + (tensor.offset if tensor.size else 0)) * dtype.itemsize
    if not tensor.size:
        return np.empty(tensor.shape, dtype)
    if tensor.is_contiguous:
        part = data[first : first + tensor.nbytes]
        numbers = (part if alone and part.size == data.size else part.copy()).view(dtype)
        array = numbers.reshape(tensor.shape)
    else:
        strides = [stride * dtype.itemsize for stride in tensor.strides]
        array = np.ndarray(tensor.shape, dtype, data, offset=first, strides=strides).copy(order="C")
    if dtype == np.bool_:
        return np.asarray(array.view(np.uint8) != 0)  # a byte beside 0 and 1 is no bool
    return _swapped(array) if swap else array


def _swapped(array: np.ndarray) -> np.ndarray:
    size = array.dtype.itemsize // (2 if array.dtype.kind == "c" else 1)
    words = array.reshape(-1).view(f"u{size}")
    return words.byteswap().view(array.dtype).reshape(array.shape)
