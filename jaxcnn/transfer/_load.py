"""Weights of other libraries, or of files of ours, into a model."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from flax import nnx

from jaxcnn.functional._arguments import a_choice
from jaxcnn.weights import UnsupportedFileError
from jaxcnn.weights._contents import Contents
from jaxcnn.weights._read import read_contents

from ._errors import MismatchError
from ._hints import fused_norms_hint, prefix_hints, without_prefix
from ._keras_layout import from_keras, looks_like_keras
from ._order import layers_in_order
from ._other_names import understood
from ._state import assign, check_fit, name_of, variables
from ._torch_layout import Slot, is_unused, torch_slots

Arrays = Mapping[str, np.ndarray]
Rename = Mapping[str, str] | Callable[[str], str | None]

LAYOUTS = ("torch", "keras", "jaxcnn")
_OUR_LEAVES = ("kernel", "scale", "mean", "var")


def load_weights(
    model: nnx.Module,
    source: str | os.PathLike[str] | Mapping[str, Any],
    *,
    entry: str | None = None,
    prefix: str = "",
    layout: str | None = None,
    rename: Rename | None = None,
    skip: str | Iterable[str] = (),
    input_shape: Sequence[int] | None = None,
) -> None:
    """Sets the weights of a model, all or, after an error, none.

    Names and layouts are those that `to_torch_state_dict` describes (also of ONNX files that
    PyTorch wrote), those of timm and transformers for networks that are the same, those of Keras,
    or the model's own. Keras's names are arbitrary: unless all layers have the names of the model's,
    its n-th convolution goes into the model's n-th, and so on by kinds; layers whose order the file
    does not say are refused. The epsilon of a batch normalisation is in no file: the networks of
    `jaxcnn.models` have that of their origin, in a model of your own it is up to you.

    Args:
        model: The model.
        source: A file that `jaxcnn.weights.read_weights` reads, or name -> array.
        entry: For a PyTorch checkpoint: the entry with the weights, as `read_weights` has it.
        prefix: Beginning of the names in the source that is not in the names here, such as
            ``"module."``; arrays whose names begin otherwise are left out.
        layout: ``"torch"``, ``"keras"`` or ``"jaxcnn"``; None decides it by the names.
        rename: Names that differ: (name in the source) -> (name that is understood here), as a
            mapping of those that differ or as a function of each. A function that returns None
            leaves an array out. An array of Keras's that gets a name of the model's goes there, in
            Keras's layout; the others are matched as usual.
        skip: Paths of layers of the model that are left as they are, such as ``"classifier"`` when
            the classes are others; what the source has for them is not looked at.
        input_shape: ``(*spatial, channels)`` of the images; only needed in the layout of PyTorch,
            when the model flattens a map and does not say the size itself.

    Raises:
        MismatchError: Names or shapes differ; the message has all of them, what is near, and what
            may cure it.
        AmbiguousOrderError: A file of Keras does not say which of its layers belongs where.
        WeightFileError: The file cannot be read, or a value is not finite.
        ValueError: An argument is wrong, or arrays are of integers.
        OSError: The file cannot be opened.

    >>> from jaxcnn.models import create_model
    >>> from jaxcnn.transfer import to_torch_state_dict
    >>> teacher = create_model("resnet8", seed=1)
    >>> model = create_model("resnet8", num_classes=3, seed=0)
    >>> load_weights(model, to_torch_state_dict(teacher), skip="classifier")
    >>> bool((model.features["conv1"].kernel[...] == teacher.features["conv1"].kernel[...]).all())
    True
    """
    is_file = isinstance(source, str | os.PathLike)
    shown = os.fspath(source) if is_file else "source"
    if is_file:
        contents = read_contents(source, entry)  # type: ignore[arg-type]
    elif entry is not None:
        raise ValueError(f"entry (={entry!r}) is for files: choose source[{entry!r}] yourself")
    else:
        contents = Contents(_as_arrays(source))
    if contents.unnamed is not None or not contents.arrays:
        what = contents.unnamed or "no array"
        raise UnsupportedFileError(f"holds no named weights, but {what}", path=shown)
    if prefix and contents.keras is not None:
        raise ValueError(f"prefix (={prefix!r}) is not for files of Keras: say names with rename")
    if prefix:
        contents = Contents(without_prefix(contents.arrays, prefix), notes=contents.notes)
    table = _table(contents.arrays, rename)
    skipped = _skipped(model, (skip,) if isinstance(skip, str) else tuple(skip))
    if layout is None:
        is_keras = contents.keras is not None or looks_like_keras(contents.arrays)
        layout = "keras" if is_keras else _layout_of(list(table.values()))
    a_choice("layout", layout, LAYOUTS)
    try:
        if layout == "keras":
            kept = {old: contents.arrays[old] for old in table}
            changed = {old: new for old, new in table.items() if old != new}
            _load_ours(
                model, from_keras(model, kept, contents.keras, shown, changed), shown, skipped
            )
            return
        arrays = {new: contents.arrays[old] for old, new in table.items()}
        if layout == "torch":
            _load_torch(model, arrays, shown, skipped, input_shape)
        else:
            _load_ours(model, arrays, shown, skipped)
    except MismatchError as error:
        raise error.noted(*contents.notes) from None


def _load_torch(
    model: nnx.Module,
    arrays: Arrays,
    shown: str,
    skipped: tuple[str, ...],
    input_shape: Sequence[int] | None,
) -> None:
    arrays, note = understood(model, arrays, shown)
    slots = torch_slots(model, input_shape)
    kept = [slot for slot in slots if not _is_below(name_of(slot.path), skipped)]
    left = [slot for slot in slots if slot not in kept]
    ignored = _ignored(model, arrays, left, skipped)
    _check(shown, model, {slot.name: slot.shape for slot in kept}, arrays, ignored, note)
    assign(model, {slot.path: slot.from_torch(np.asarray(arrays[slot.name])) for slot in kept})


def _ignored(
    model: nnx.Module, arrays: Arrays, left: list[Slot], skipped: tuple[str, ...]
) -> set[str]:
    parts = {*skipped, *(slot.name.rpartition(".")[0] for slot in left)}
    return {name for name in arrays if is_unused(model, name) or _is_below(name, parts)}


def _load_ours(model: nnx.Module, arrays: Arrays, shown: str, skipped: tuple[str, ...]) -> None:
    paths = {name_of(path): path for path in variables(model)}
    shapes = {
        name_of(path): tuple(value.shape)
        for path, value in variables(model).items()
        if not _is_below(name_of(path), skipped)
    }
    ignored = {name for name in arrays if _is_below(name, skipped)}
    _check(shown, model, shapes, arrays, ignored)
    assign(model, {paths[name]: arrays[name] for name in shapes})


def _check(
    shown: str,
    model: nnx.Module,
    expected: Mapping[str, tuple[int, ...]],
    arrays: Arrays,
    ignored: set[str],
    note: str = "",
) -> None:
    """`check_fit`, with what may be the reason and its cure in the error."""
    try:
        check_fit(shown, model, expected, arrays, ignored)
    except MismatchError as error:
        hints = [
            *([note] if note else []),
            *prefix_hints(expected, arrays),
            *fused_norms_hint(error.missing, arrays),
        ]
        raise error.noted(*hints) from None


def _layout_of(arrays: Iterable[str]) -> str:
    ours = any(name.rpartition(".")[2] in _OUR_LEAVES for name in arrays)
    return "jaxcnn" if ours else "torch"


def _as_arrays(source: Any) -> dict[str, np.ndarray]:
    if not isinstance(source, Mapping) or not all(isinstance(name, str) for name in source):
        raise ValueError(
            f"source (={type(source).__name__}) must be a path, or a mapping of names to arrays"
        )
    return {name: np.asarray(array) for name, array in source.items()}


def _table(arrays: Arrays, rename: Rename | None) -> dict[str, str]:
    """Name in the source -> name that is understood here, of all that are to be used."""
    if rename is None:
        return {name: name for name in arrays}
    if isinstance(rename, Mapping):
        if unknown := [name for name in rename if name not in arrays]:
            raise ValueError(f"rename (={unknown[0]!r}) must be a name in the source")
        table = {name: rename.get(name, name) for name in arrays}
    else:
        table = {old: new for old in arrays if (new := rename(old)) is not None}
    met: set[str] = set()
    for old, new in table.items():
        if new in met:
            raise ValueError(f"rename gives two arrays the name {new!r}; {old!r} is the second")
        met.add(new)
    return table


def _skipped(model: nnx.Module, skip: tuple[str, ...]) -> tuple[str, ...]:
    known = [name_of(path) for path, _ in layers_in_order(model)]
    for part in skip:
        if not any(_is_below(name, (part,)) for name in known):
            raise ValueError(
                f"skip (={part!r}) must be the path of a layer with weights, such as {known[-1]!r}"
            )
    return skip


def _is_below(name: str, parts: Iterable[str]) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in parts)
