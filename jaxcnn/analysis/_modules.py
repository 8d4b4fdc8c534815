"""From anything that can be analysed to layer descriptions."""

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jaxcnn.functional._arguments import per_axis

from ._layer import Layer
from ._layers import Activation, Chain, Dense, Dropout, Normalization
from ._sliding import Conv, Pool

_ACTIVATIONS = {
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "swish": "SiLU",
    "sigmoid": "Sigmoid",
    "hard_sigmoid": "HardSigmoid",
    "hard_swish": "HardSwish",
    "hard_silu": "HardSwish",
    "softplus": "Softplus",
    "tanh": "Tanh",
    "softmax": "Softmax",
    "log_softmax": "LogSoftmax",
    "identity": "Identity",
}


def as_layers(model: Any) -> Layer:
    """Reduces a model to descriptions of its layers; nothing is executed.

    Args:
        model: a description, a list of them (or of anything below), a module with a ``describe()``
          method (all of `jaxcnn.nn` and `jaxcnn.models`), a Flax layer or ``nnx.Sequential``, an
          activation of ``jax.nn``, or ``functools.partial`` of a Flax pooling function.

    Returns:
        A description; a `Chain` for anything made of several layers.

    Raises:
        ValueError: ``model`` is none of these.

    >>> as_layers([Conv(20, 5), Pool(2)]).layers[1].name
    ''
    """
    if isinstance(model, Layer):
        return model
    if isinstance(model, list | tuple):
        return Chain(tuple(as_layers(part) for part in model))
    if describe := getattr(model, "describe", None):
        return describe()
    if function := _elementwise(model):
        return function
    if isinstance(model, functools.partial) and model.func.__name__ in _POOLS:
        return _pool(model.func.__name__, *model.args, **model.keywords)
    if description := _flax_layer(model):
        return description
    raise ValueError(
        f"model (={type(model).__name__}) must be a layer description, a list of layers, a known "
        "Flax layer or activation, or a module whose describe() returns layer descriptions"
    )


def _elementwise(function: Any) -> Layer | None:
    while isinstance(function, functools.partial):
        function = function.func
    name = getattr(function, "__name__", "")
    origin = getattr(function, "__module__", "") or ""
    known = name in _ACTIVATIONS and origin.split(".")[0] in ("jax", "flax", "jaxcnn")
    return Activation(_ACTIVATIONS[name]) if known else None


_POOLS = {"max_pool": "max", "avg_pool": "avg", "min_pool": "min"}


def _pool(function: str, window_shape: Any, strides: Any = None, padding: Any = "valid", **_: Any):
    """Flax's pooling functions; there, unlike in jaxcnn, no strides means 1."""
    return Pool(window_shape, strides or 1, padding, kind=_POOLS[function])  # type: ignore[arg-type]


def _flax_layer(module: Any) -> Layer | None:
    from flax import nnx

    describers: dict[type, Callable[[Any], Layer]] = {
        nnx.Sequential: lambda m: Chain(tuple(as_layers(part) for part in m.layers)),
        nnx.List: lambda m: Chain(tuple(as_layers(part) for part in m)),
        nnx.Conv: _flax_conv,
        nnx.Linear: lambda m: Dense(m.out_features, m.use_bias, m.in_features),
        nnx.BatchNorm: functools.partial(_flax_norm, "BatchNorm"),
        nnx.LayerNorm: functools.partial(_flax_norm, "LayerNorm"),
        nnx.GroupNorm: functools.partial(_flax_norm, "GroupNorm"),
        nnx.Dropout: lambda m: Dropout(m.rate),
    }
    for kind, describer in describers.items():
        if isinstance(module, kind):
            return describer(module)
    return None


def _flax_conv(module: Any) -> Conv:
    padding = module.padding
    if isinstance(padding, str) and padding.upper() in ("CIRCULAR", "REFLECT"):
        rank = len(module.kernel_size)  # not "same" when there are strides: the same on every size
        dilation = per_axis("kernel_dilation", module.kernel_dilation or 1, rank)
        reach = [(k - 1) * d for k, d in zip(module.kernel_size, dilation, strict=True)]
        padding = tuple((r // 2, (r + 1) // 2) for r in reach)
    return Conv(
        module.out_features,
        module.kernel_size,
        module.strides or 1,
        padding,
        module.kernel_dilation or 1,
        module.input_dilation or 1,
        module.feature_group_count,
        module.use_bias,
        module.in_features,
    )


def _flax_norm(kind: str, module: Any) -> Normalization:
    features = getattr(module, "num_features", None)  # GroupNorm does not keep it
    return Normalization(kind, module.use_scale, module.use_bias, features)


def named(layer: Layer, name: str) -> Layer:
    """The same description under another name."""
    return replace(layer, name=name)
