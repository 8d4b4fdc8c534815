"""Networks by name."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flax import nnx

from ._convnet import CifarConvNet, ConvNet1d, ConvNet3d
from ._efficientnet import EfficientNetLite
from ._inception import InceptionV1
from ._inception_time import InceptionTime
from ._lenet import LeNet, LeNet5
from ._mobilenet import MobileNetV2
from ._network import AXES, SIZE_ARGUMENTS
from ._recipe import Recipe
from ._resnet import ResNet
from ._series import FCN, ResNet1d
from ._vgg import VGG
from ._vit import VisionTransformer


class _Entry(NamedTuple):
    """A class derived from `Network`, and arguments that differ from its defaults."""

    build: Any
    arguments: Mapping[str, Any]


_MODELS: dict[str, _Entry] = {
    "lenet": _Entry(LeNet, {}),
    "lenet5": _Entry(LeNet5, {}),
    "cifar10_convnet": _Entry(CifarConvNet, {}),
}
for _name, _convolutions in {
    "vgg11": (1, 1, 2, 2, 2),
    "vgg13": (2, 2, 2, 2, 2),
    "vgg16": (2, 2, 3, 3, 3),
    "vgg19": (2, 2, 4, 4, 4),
}.items():
    _blocks = tuple(zip((64, 128, 256, 512, 512), _convolutions, strict=True))
    _MODELS[_name] = _Entry(VGG, {"blocks": _blocks})
    _MODELS[f"{_name}_bn"] = _Entry(VGG, {"blocks": _blocks, "batch_norm": True})
for _name, _block, _layers in (
    ("resnet18", "basic", (2, 2, 2, 2)),
    ("resnet34", "basic", (3, 4, 6, 3)),
    ("resnet50", "bottleneck", (3, 4, 6, 3)),
    ("resnet101", "bottleneck", (3, 4, 23, 3)),
    ("resnet152", "bottleneck", (3, 8, 36, 3)),
):
    _MODELS[_name] = _Entry(ResNet, {"layers": _layers, "block": _block})
_MODELS["resnext50_32x4d"] = _Entry(
    ResNet, {**_MODELS["resnet50"].arguments, "groups": 32, "width_per_group": 4}
)
_SMALL = {"widths": (16, 32, 64), "stem": "cifar", "image_size": 32, "num_classes": 10}
for _count in (1, 2, 3):
    _MODELS[f"resnet{6 * _count + 2}"] = _Entry(ResNet, {**_SMALL, "layers": (_count,) * 3})
_MODELS["vgg8"] = _Entry(
    VGG,
    {"blocks": ((16, 2), (32, 2), (64, 2)), "hidden": (128,), "dropout": 0.0}
    | {"image_size": 32, "num_classes": 10},
)
_MODELS |= {
    "mobilenet_v2": _Entry(MobileNetV2, {}),
    "inception_v1": _Entry(InceptionV1, {}),
    "efficientnet_lite0": _Entry(EfficientNetLite, {}),
    "vit_s16": _Entry(VisionTransformer, {}),
    "vit_cifar": _Entry(
        VisionTransformer,
        {"patch_size": 4, "width": 128, "depth": 6, "num_heads": 4, "mlp": 256}
        | {"image_size": 32, "num_classes": 10},
    ),
    "fcn": _Entry(FCN, {}),
    "resnet1d": _Entry(ResNet1d, {}),
    "inception_time": _Entry(InceptionTime, {}),
    "convnet1d": _Entry(ConvNet1d, {}),
    "convnet3d": _Entry(ConvNet3d, {}),
}


def list_models() -> list[str]:
    """The names that `create_model` knows.

    >>> list_models()[:4]
    ['lenet', 'lenet5', 'cifar10_convnet', 'vgg11']
    """
    return list(_MODELS)


def create_model(
    name: str,
    *,
    num_classes: int | None = None,
    in_features: int | None = None,
    input_shape: Sequence[int] | None = None,
    rngs: nnx.Rngs | None = None,
    seed: int | None = None,
    **kwargs: Any,
) -> Any:
    """Builds a network with random weights, in evaluation mode.

    Args:
        name: One of `list_models`.
        num_classes: Number of classes; None means the network's own.
        in_features: Channels of the images; None means the network's own.
        input_shape: ``(*spatial, channels)`` of the inputs, for every kind of network the same
            way; instead of ``in_features`` and the size.
        rngs: Random streams.
        seed: Instead of ``rngs``, the seed of new ones; 0 by default.
        **kwargs: Further arguments of the network's class, such as ``image_size`` (of networks for
            series ``length``, for videos ``video_size``).

    Returns:
        The network, a `Network` with ``features``, ``classifier`` and ``input_shape``. It knows how
        it was created: `jaxcnn.transfer.save_model` writes that beside the weights.

    Raises:
        ValueError: The name is unknown, both ``rngs`` and ``seed`` are given, or ``input_shape``
            has another number of axes than the network's inputs.

    >>> model = create_model("vgg11", image_size=32, blocks=((4, 1), (8, 1)), hidden=(16,),
    ...                      num_classes=5, seed=0)
    >>> model.input_shape
    (32, 32, 3)
    """
    if name not in _MODELS:
        near = difflib.get_close_matches(str(name), _MODELS, n=1, cutoff=0.4)
        meant = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"name (={name!r}) must be one of {', '.join(_MODELS)}{meant}")
    if rngs is not None and seed is not None:
        raise ValueError(f"seed (={seed}) must not be given together with rngs")
    build, defaults = _MODELS[name]
    chosen = {"num_classes": num_classes, "in_features": in_features}
    given = {key: value for key, value in chosen.items() if value is not None}
    if input_shape is not None:
        sizes = _sizes(name, build.rank, input_shape)
        if twice := next((key for key in sizes if key in {**given, **kwargs}), None):
            raise ValueError(f"{twice} must not be given together with input_shape, which says it")
        given |= sizes
    given |= kwargs
    model = build(**{**defaults, **given}, rngs=nnx.Rngs(seed or 0) if rngs is None else rngs)
    model.recipe = Recipe.of(name, given)
    return model


def _sizes(name: str, rank: int, input_shape: Sequence[int]) -> dict[str, Any]:
    if len(input_shape) != rank + 1:
        axes = ", ".join((*AXES[rank], "channels"))
        raise ValueError(f"input_shape (={tuple(input_shape)}) must be ({axes}) for {name}")
    *spatial, channels = input_shape
    size = spatial[0] if rank == 1 else tuple(spatial)
    return {SIZE_ARGUMENTS[rank]: size, "in_features": channels}
