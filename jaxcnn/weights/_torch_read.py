"""PyTorch files, ZIP and legacy, without PyTorch.

A file is read in three steps: the pickle becomes descriptions of tensors (`_tensors`), these are
counted and named, and only then are the bytes of the storages taken.

Source: `torch.serialization` of PyTorch 2.13 (`_save`, `_legacy_save`).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ._errors import DamagedFileError, UnsafeFileError, UnsupportedFileError, short
from ._limits import Budget
from ._pickle import Machine
from ._source import Cursor, Source
from ._tensors import NAMES, Storage, Tensor, storage_of
from ._zip import Archive

_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_CHECKPOINT_ENTRIES = ("state_dict", "model_state_dict")
_MAX_DEPTH = 32
_MAX_VALUES = 100_000
_CONTAINERS = (dict, list, tuple)
_LONGEST_NAME = 1000

Load = Callable[[Storage], np.ndarray]


def read_archive(archive: Archive, root: str, entry: str | None, budget: Budget) -> dict[str, Any]:
    """The arrays of a ZIP file that `torch.save` wrote."""
    if any(name.startswith((f"{root}/code/", f"{root}/constants.pkl")) for name in archive.entries):
        raise UnsupportedFileError(
            "is a TorchScript program (torch.jit.save), not weights. In PyTorch save the bare "
            "weights: torch.save(torch.jit.load(path).state_dict(), new_path)"
        )
    order = f"{root}/byteorder"
    swap = order in archive.entries and bytes(archive.array(order)) == b"big"
    pickled = bytes(archive.array(f"{root}/data.pkl"))
    content = Machine(Cursor(Source.of_bytes(pickled)), NAMES, storage_of, (dict, Tensor)).run()

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

    return _arrays(content, entry, budget, load, swap)


def is_legacy(source: Source) -> bool:
    """Whether a pickle with the legacy format's number comes first."""
    return Machine(Cursor(source), NAMES).run() == _MAGIC


def read_legacy(source: Source, entry: str | None, budget: Budget) -> dict[str, Any]:
    """The arrays of a file in the format that PyTorch wrote before version 1.6."""
    cursor = Cursor(source)
    Machine(cursor, NAMES).run()
    version = Machine(cursor, NAMES).run()
    if version != _PROTOCOL:
        raise UnsupportedFileError(f"has version {short(version)} of the legacy format, not 1001")
    system = Machine(cursor, NAMES).run()
    if type(system) is not dict or system.get("little_endian") is not True:
        raise UnsupportedFileError("was written on a big-endian machine; save it again on another")
    sizes: dict[str, int] = {}
    item: dict[str, int] = {}

    def persistent(identifier: Any) -> Storage:
        storage = storage_of(identifier)
        nbytes = storage.whole * storage.dtype.itemsize
        if sizes.setdefault(storage.key, nbytes) != nbytes:
            raise UnsafeFileError("a storage is described with two sizes", entry=storage.key)
        item.setdefault(storage.key, storage.dtype.itemsize)
        return storage

    content = Machine(cursor, NAMES, persistent, (dict, Tensor)).run()
    keys = Machine(cursor, NAMES).run()
    places = _places(source, cursor.position, keys, sizes, item)

    def load(storage: Storage) -> np.ndarray:
        if storage.key not in places:
            raise DamagedFileError("the file lacks this storage", entry=storage.key)
        return source.array(places[storage.key], sizes[storage.key], storage.key)

    return _arrays(content, entry, budget, load, swap=False)


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


def _arrays(
    content: Any, entry: str | None, budget: Budget, load: Load, swap: bool
) -> dict[str, np.ndarray]:
    tensors = _flatten(_chosen(content, entry))
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
    return result


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


def _chosen(content: Any, entry: str | None) -> Any:
    if entry is None:
        if type(content) is dict and not any(type(v) is Tensor for v in content.values()):
            for name in _CHECKPOINT_ENTRIES:
                if type(content.get(name)) is dict:
                    return content[name]
        return content
    if type(content) is not dict or entry not in content:
        keys = [key for key in content if type(key) is str] if type(content) is dict else []
        shown = ", ".join(short(key) for key in keys[:20]) or "none"
        raise UnsupportedFileError(f"has no entry {entry!r}; its entries: {shown}")
    return content[entry]


def _flatten(content: Any) -> dict[str, Tensor]:
    """Tensors by dotted name; what is no tensor (epochs, learning rates) is left out."""
    if type(content) is Tensor:
        return {"tensor": content}
    if type(content) not in _CONTAINERS:
        raise UnsupportedFileError(f"holds one {type(content).__name__} instead of weights")
    found: dict[str, Tensor] = {}
    seen = 0
    todo: list[tuple[str, int, Any]] = [("", 0, content)]
    while todo:
        prefix, depth, value = todo.pop()
        if type(value) is Tensor:
            if prefix in found:
                raise DamagedFileError("two tensors have this name", entry=prefix)
            found[prefix] = value
            continue
        children = [
            (_joined(prefix, key), depth + 1, child)
            for key, child in (value.items() if type(value) is dict else enumerate(value))
            if type(child) in (Tensor, *_CONTAINERS)
        ]
        seen += len(children)
        if depth == _MAX_DEPTH or seen > _MAX_VALUES:
            raise UnsafeFileError(
                f"the content is nested {_MAX_DEPTH} deep or has more than {_MAX_VALUES} tensors "
                "and containers"
            )
        todo.extend(reversed(children))
    return found


def _joined(prefix: str, key: Any) -> str:
    name = f"{prefix}.{key}" if prefix else str(key)
    if len(name) > _LONGEST_NAME:
        raise UnsafeFileError(f"is longer than {_LONGEST_NAME} characters", entry=name)
    return name
