"""Networks by name."""

import difflib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from flax import nnx

from ._lenet import LeNet, LeNet5
from ._vgg import VGG


class _Entry(NamedTuple):
    build: Callable[..., nnx.Module]
    arguments: Mapping[str, Any]


_VGG_CONVOLUTIONS = {
    "vgg11": (1, 1, 2, 2, 2),
    "vgg13": (2, 2, 2, 2, 2),
    "vgg16": (2, 2, 3, 3, 3),
    "vgg19": (2, 2, 4, 4, 4),
}
_MODELS = {"lenet": _Entry(LeNet, {}), "lenet5": _Entry(LeNet5, {})}
for _name, _convolutions in _VGG_CONVOLUTIONS.items():
    _blocks = tuple(zip((64, 128, 256, 512, 512), _convolutions, strict=True))
    _MODELS[_name] = _Entry(VGG, {"blocks": _blocks})
    _MODELS[f"{_name}_bn"] = _Entry(VGG, {"blocks": _blocks, "batch_norm": True})


def list_models() -> list[str]:
    """The names that `create_model` knows.

    >>> list_models()[:4]
    ['lenet', 'lenet5', 'vgg11', 'vgg11_bn']
    """
    return list(_MODELS)


def create_model(
    name: str,
    *,
    num_classes: int | None = None,
    in_features: int | None = None,
    rngs: nnx.Rngs | None = None,
    seed: int | None = None,
    **kwargs: Any,
) -> Any:
    """Builds a network with random weights, in evaluation mode.

    Args:
        name: One of `list_models`.
        num_classes: Number of classes; None means the network's own.
        in_features: Channels of the images; None means the network's own.
        rngs: Random streams.
        seed: Instead of ``rngs``, the seed of new ones; 0 by default.
        **kwargs: Further arguments of the network's class, such as ``image_size``.

    Returns:
        The network, an ``nnx.Module`` with an ``input_shape``.

    Raises:
        ValueError: The name is unknown, or both ``rngs`` and ``seed`` are given.

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
    chosen = {"num_classes": num_classes, "in_features": in_features}
    build, defaults = _MODELS[name]
    return build(
        **{
            **defaults,
            **{key: value for key, value in chosen.items() if value is not None},
            **kwargs,
        },
        rngs=nnx.Rngs(seed or 0) if rngs is None else rngs,
    )
