"""Weights of other libraries, or of files of ours, into a model."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from flax import nnx

from jaxcnn.functional._arguments import a_choice
from jaxcnn.weights import read_weights

from ._keras_layout import from_keras, looks_like_keras
from ._order import layers_in_order
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
    layout: str | None = None,
    rename: Rename | None = None,
    skip: str | Iterable[str] = (),
    input_shape: Sequence[int] | None = None,
) -> None:
    """Sets the weights of a model, all or, after an error, none.

    Names and layouts are those that `to_torch_state_dict` describes (also of ONNX files that
    PyTorch wrote), those of Keras, or the model's own. Keras's names are arbitrary, so its n-th
    convolution goes into the model's n-th, and so on; its kernels are laid out as here. The epsilon
    of a batch normalisation is in no file: the networks of `jaxcnn.models` have that of their
    origin, in a model of your own it is up to you.

    Args:
        model: The model.
        source: A file that `jaxcnn.weights.read_weights` reads, or name -> array.
        layout: ``"torch"``, ``"keras"`` or ``"jaxcnn"``; None decides it by the names.
        rename: Names that differ: (name in the source) -> (name that is understood here), as a
            mapping of those that differ or as a function of each. A function that returns None
            leaves an array out.
        skip: Paths of layers of the model that are left as they are, such as ``"classifier"`` when
            the classes are others; what the source has for them is not looked at.
        input_shape: ``(*spatial, channels)`` of the images; only needed in the layout of PyTorch,
            when the model flattens a map and does not say the size itself.

    Raises:
        MismatchError: Names or shapes differ; the message has all of them, and what is near.
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
    arrays = read_weights(source) if is_file else _as_arrays(source)  # type: ignore[arg-type]
    arrays = _renamed(arrays, rename)
    skipped = _skipped(model, (skip,) if isinstance(skip, str) else tuple(skip))
    layout = _layout_of(arrays) if layout is None else a_choice("layout", layout, LAYOUTS)
    if layout == "torch":
        _load_torch(model, arrays, shown, skipped, input_shape)
        return
    if layout == "keras":
        arrays = from_keras(model, arrays)
    _load_ours(model, arrays, shown, skipped)


def _load_torch(
    model: nnx.Module,
    arrays: Arrays,
    shown: str,
    skipped: tuple[str, ...],
    input_shape: Sequence[int] | None,
) -> None:
    slots = torch_slots(model, input_shape)
    kept = [slot for slot in slots if not _is_below(name_of(slot.path), skipped)]
    left = [slot for slot in slots if slot not in kept]
    ignored = _ignored(model, arrays, left, skipped)
    check_fit(shown, model, {slot.name: slot.shape for slot in kept}, arrays, ignored)
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
    check_fit(shown, model, shapes, arrays, ignored)
    assign(model, {paths[name]: arrays[name] for name in shapes})


def _layout_of(arrays: Arrays) -> str:
    if looks_like_keras(arrays):
        return "keras"
    ours = any(name.rpartition(".")[2] in _OUR_LEAVES for name in arrays)
    return "jaxcnn" if ours else "torch"


def _as_arrays(source: Any) -> dict[str, np.ndarray]:
    if not isinstance(source, Mapping) or not all(isinstance(name, str) for name in source):
        raise ValueError(
            f"source (={type(source).__name__}) must be a path, or a mapping of names to arrays"
        )
    return {name: np.asarray(array) for name, array in source.items()}


def _renamed(arrays: Arrays, rename: Rename | None) -> dict[str, np.ndarray]:
    if rename is None:
        return dict(arrays)
    if isinstance(rename, Mapping):
        if unknown := [name for name in rename if name not in arrays]:
            raise ValueError(f"rename (={unknown[0]!r}) must be a name in the source")
        table = {name: rename.get(name, name) for name in arrays}
    else:
        table = {name: rename(name) for name in arrays}
    result: dict[str, np.ndarray] = {}
    for old, new in table.items():
        if new in result:
            raise ValueError(f"rename gives two arrays the name {new!r}; {old!r} is the second")
        if new is not None:
            result[new] = arrays[old]
    return result


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
