"""Parameters as PyTorch has them: names by a table of rules for each family, and layouts."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from flax import nnx

from jaxcnn.models import VGG, EfficientNetLite, InceptionV1, MobileNetV2, ResNet
from jaxcnn.nn._conv import Conv
from jaxcnn.nn._conv_transpose import ConvTranspose

from ._order import flattened_maps, layers_in_order
from ._state import Path, name_of

Change = Callable[[np.ndarray], np.ndarray]
Rules = tuple[tuple[str, str], ...]


class Slot(NamedTuple):
    """One array of the model, and how PyTorch has it.

    Attributes:
        path: In the model.
        name: In PyTorch.
        shape: In PyTorch.
        to_torch, from_torch: Changes of layout.
    """

    path: Path
    name: str
    shape: tuple[int, ...]
    to_torch: Change
    from_torch: Change


_NO_PARTS: Rules = ((r"^(features|classifier)\.", ""),)
# From the path of a layer in the model to torchvision's name, or to that of the package
# efficientnet-lite-pytorch. Networks that no package names keep their own names.
_RULES: dict[type, Rules] = {
    ResNet: _NO_PARTS,
    InceptionV1: _NO_PARTS,
    MobileNetV2: ((r"^classifier\.fc$", "classifier.1"),),
    EfficientNetLite: (*_NO_PARTS, (r"(?<![^.])(?=[a-z])", "_")),
}
# Heads that serve training from scratch.
_UNUSED = {InceptionV1: r"aux[12]\."}
_COUNTER = "num_batches_tracked"
_LEAVES = {"kernel": "weight", "scale": "weight", "mean": "running_mean", "var": "running_var"}
_RANKS = {"kernel": 1, "scale": 1, "bias": 2, "mean": 3, "var": 4}


def torch_slots(model: nnx.Module, input_shape: Sequence[int] | None = None) -> list[Slot]:
    """Every parameter and statistic of a model, in order.

    Raises:
        ValueError: A layer has a kernel whose layout in PyTorch is not known, or the size of the
            images is needed and unknown.
    """
    maps = flattened_maps(model, None if input_shape is None else tuple(input_shape))
    slots = []
    for path, layer in layers_in_order(model):
        module = _renamed(model, name_of(path))
        variables = [
            (leaf, value)
            for leaf, value in vars(layer).items()
            if isinstance(value, nnx.Param | nnx.BatchStat)
        ]
        for leaf, variable in sorted(variables, key=lambda pair: _RANKS.get(pair[0], 0)):
            to_torch, from_torch = _changes(layer, leaf, maps.get(id(layer)), name_of(path))
            name = ".".join(filter(None, (module, _LEAVES.get(leaf, leaf))))
            shape = to_torch(np.broadcast_to(np.zeros((), np.int8), variable.shape)).shape
            slots.append(Slot((*path, leaf), name, shape, to_torch, from_torch))
    return slots


def is_unused(model: nnx.Module, name: str) -> bool:
    """Whether a file of the model's family has that array for training only."""
    if name.rpartition(".")[2] == _COUNTER:
        return True
    return any(
        isinstance(model, family) and re.match(pattern, name) for family, pattern in _UNUSED.items()
    )


def to_torch_state_dict(
    model: nnx.Module, input_shape: Sequence[int] | None = None
) -> dict[str, np.ndarray]:
    """The weights of a model with PyTorch's names and layouts.

    Networks of the families VGG, ResNet, ResNeXt, MobileNetV2 and Inception v1 get torchvision's
    names, EfficientNet-Lite those of the package ``efficientnet-lite-pytorch``; all others, and
    modules of your own, their own paths, such as ``features.0.weight``. A PyTorch module with the
    same layers loads the result with ``load_state_dict``, strictly.

    Args:
        model: The model.
        input_shape: ``(*spatial, channels)`` of the images; only needed when the model flattens a
            map and does not say the size itself.

    Returns:
        Name -> array; `jaxcnn.weights.write_torch` and `jaxcnn.weights.write_safetensors` write it.

    Raises:
        ValueError: The layout of a layer in PyTorch is not known, or ``input_shape`` is missing.

    >>> from jaxcnn.models import create_model
    >>> arrays = to_torch_state_dict(create_model("resnet8", seed=0))
    >>> arrays["layer1.0.conv1.weight"].shape, arrays["fc.weight"].shape
    ((16, 16, 3, 3), (10, 64))
    """
    values = nnx.to_flat_state(nnx.state(model, nnx.Any(nnx.Param, nnx.BatchStat)))
    state = {path: np.asarray(value[...]) for path, value in values}
    arrays: dict[str, np.ndarray] = {}
    for slot in torch_slots(model, input_shape):
        arrays[slot.name] = np.ascontiguousarray(slot.to_torch(state[slot.path]))
        if slot.path[-1] == "var":
            arrays[f"{slot.name.rpartition('.')[0]}.{_COUNTER}"] = np.zeros((), np.int64)
    return arrays


def _renamed(model: nnx.Module, path: str) -> str:
    if isinstance(model, VGG):
        return _vgg_name(model, path)
    for family, rules in _RULES.items():
        if isinstance(model, family):
            for pattern, replacement in rules:
                path = re.sub(pattern, replacement, path)
    return path


def _vgg_name(model: VGG, path: str) -> str:
    """torchvision's head has dense layers at 0, 3 and 6; ours begins with `Flatten`."""
    part, _, position = path.partition(".")
    if part == "features":
        return path
    dense = [
        name
        for name, layer in zip(model.classifier.names, model.classifier, strict=True)
        if isinstance(layer, nnx.Linear)
    ]
    return f"classifier.{3 * dense.index(position)}"


def _changes(
    layer: Any, leaf: str, flattened: tuple[int, ...] | None, name: str
) -> tuple[Change, Change]:
    if leaf != "kernel":
        return _same, _same
    if isinstance(layer, Conv):
        return _last_two_first, _first_two_last
    if isinstance(layer, ConvTranspose):
        groups = layer.feature_group_count
        return (
            lambda kernel: _grouped(np.moveaxis(kernel, (-2, -1), (0, 1)), 1, 0, groups),
            lambda weight: np.moveaxis(_grouped(weight, 0, 1, groups), (0, 1), (-2, -1)),
        )
    if isinstance(layer, nnx.Linear):
        if flattened is None:
            return np.transpose, np.transpose
        return (
            lambda kernel: _rows_channels_first(kernel, flattened).T,
            lambda weight: _rows_channels_last(weight.T, flattened),
        )
    raise ValueError(
        f"{name} is a {type(layer).__name__}: the layout of its kernel in PyTorch is not known"
    )


def _same(array: np.ndarray) -> np.ndarray:
    return array


def _last_two_first(kernel: np.ndarray) -> np.ndarray:
    """``(*size, in, out)`` to ``(out, in, *size)``."""
    return np.moveaxis(kernel, (-1, -2), (0, 1))


def _first_two_last(weight: np.ndarray) -> np.ndarray:
    return np.moveaxis(weight, (0, 1), (-1, -2))


def _grouped(array: np.ndarray, split: int, into: int, groups: int) -> np.ndarray:
    """Takes the groups out of one of the first two axes and puts them in front of the other."""
    shape = list(array.shape)
    shape[split : split + 1] = [groups, shape[split] // groups]
    apart = array.reshape(shape)
    target = into + (1 if split < into else 0)
    moved = np.moveaxis(apart, split, target - (1 if split < target else 0))
    result = list(array.shape)
    result[split] //= groups
    result[into] *= groups
    return moved.reshape(result)


def _rows_channels_first(kernel: np.ndarray, flattened: tuple[int, ...]) -> np.ndarray:
    rows = kernel.reshape(*flattened, -1)
    return np.moveaxis(rows, -2, 0).reshape(kernel.shape)


def _rows_channels_last(kernel: np.ndarray, flattened: tuple[int, ...]) -> np.ndarray:
    *spatial, channels = flattened
    rows = kernel.reshape(channels, *spatial, -1)
    return np.moveaxis(rows, 0, -2).reshape(kernel.shape)
