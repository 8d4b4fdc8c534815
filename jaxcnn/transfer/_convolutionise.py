"""Dense heads as convolutions, so that a network accepts larger images than it was made for."""

import math
from collections.abc import Sequence
from typing import Any, cast

import jax
from flax import nnx

from jaxcnn import analysis
from jaxcnn.functional._arguments import per_axis
from jaxcnn.nn import (
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    Conv1d,
    Conv2d,
    Conv3d,
    Flatten,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
    Sequential,
)
from jaxcnn.nn._adaptive import AdaptiveAvgPool, AdaptiveMaxPool

_CONVS = (Conv1d, Conv2d, Conv3d)
_POOLS = {
    GlobalAvgPool: (AvgPool1d, AvgPool2d, AvgPool3d),
    GlobalMaxPool: (MaxPool1d, MaxPool2d, MaxPool3d),
}


def dense_to_conv(
    kernel: jax.Array, bias: jax.Array | None, spatial_shape: Sequence[int]
) -> tuple[jax.Array, jax.Array | None]:
    """Turns the weights of a dense layer on a flattened map into those of a convolution.

    The convolution has the size of the map and no padding: on a map of that size it gives one
    pixel, the dense layer's output; on a larger one, the output for every position.

    Args:
        kernel: ``(prod(spatial_shape) * channels, features)``; the map was flattened with the
            channels fastest, ``(h, w, c)`` order.
        bias: ``(features,)`` or None.
        spatial_shape: Spatial shape of the map that was flattened; ``()`` or ones make a
            pointwise convolution.

    Returns:
        Kernel ``(*spatial_shape, channels, features)`` and the bias unchanged.

    Raises:
        ValueError: The kernel is no matrix, its rows do not divide into the map's pixels, or the
            bias does not have one entry per feature.

    Source: J. Long et al., *Fully convolutional networks for semantic segmentation*, 2015,
    section 3.1.

    >>> kernel, bias = dense_to_conv(jnp.ones((7 * 7 * 512, 10)), jnp.ones(10), (7, 7))
    >>> kernel.shape
    (7, 7, 512, 10)
    """
    if kernel.ndim != 2:
        raise ValueError(f"kernel has shape {kernel.shape}, but must be (inputs, features)")
    spatial = per_axis("spatial_shape", tuple(spatial_shape), len(tuple(spatial_shape)))
    inputs, features = kernel.shape
    pixels = math.prod(spatial)
    if inputs % pixels:
        raise ValueError(
            f"spatial_shape (={spatial}) must have a number of pixels that divides the inputs of "
            f"kernel (={inputs}), but has {pixels}"
        )
    if bias is not None and bias.shape != (features,):
        raise ValueError(f"bias has shape {bias.shape}, but must be ({features},)")
    return kernel.reshape(*spatial, inputs // pixels, features), bias


def convolutionise(model: Any, input_shape: Sequence[int] | None = None) -> Sequential:
    """Replaces a network's dense head by the convolutions that equal it.

    On images of the original size the result has the original's outputs, as a map of one pixel. On
    larger ones it has a map of scores, one for each position of the original network's window as
    it slides by the network's effective stride. That equality is exact for a network without
    padding; with padding, the inner windows see their real neighbours instead of zeros.

    Flatten and the first dense layer become a convolution as large as the map, later dense layers
    1x1 convolutions, a global pool an ordinary one with the size of the map and stride 1. An
    adaptive pool becomes the ordinary one that it is on the original size, or nothing.

    Args:
        model: A ``nnx.Sequential``, or a model with ``features`` and ``classifier`` of that kind.
        input_shape: ``(*spatial, channels)`` of the images the head was made for; by default the
            model's own ``input_shape``.

    Returns:
        A `Sequential` from ``(batch, *spatial, channels)`` to ``(batch, *positions, features)``;
        it has its own copy of the weights.

    Raises:
        ValueError: The model has another structure, or its image size is unknown.

    Source: J. Long et al., *Fully convolutional networks for semantic segmentation*, 2015,
    section 3.1.

    >>> from jaxcnn.models import create_model
    >>> scores = convolutionise(create_model("lenet5", seed=0))
    >>> scores(jnp.zeros((1, 40, 48, 1))).shape
    (1, 3, 5, 10)
    """
    shape = getattr(model, "input_shape", None) if input_shape is None else tuple(input_shape)
    if shape is None:
        raise ValueError("input_shape must be given: the model does not say its image size")
    layers = layers_of(nnx.clone(model))
    result: list[Any] = []
    flattened: tuple[int, ...] | None = None  # spatial shape that Flatten took away
    rank = len(shape) - 1
    for layer in layers:
        before, shape = shape, analysis.summary([layer], shape).output_shape
        if isinstance(layer, Flatten):
            flattened = before[:-1] or flattened
        elif type(layer) in _POOLS:
            _check_kept(layer)
            result.append(_POOLS[type(layer)][rank - 1](before[:-1], 1))
            flattened = (1,) * rank
        elif isinstance(layer, AdaptiveAvgPool | AdaptiveMaxPool):
            result.extend(_as_plain_pool(layer, before[:-1], shape[:-1]))
        elif isinstance(layer, nnx.Linear):
            window = flattened if flattened is not None and len(before) == 1 else (1,) * rank
            result.append(_as_convolution(layer, window))
            flattened = (1,) * rank
        else:
            result.append(layer)
    return Sequential(*result)


def layers_of(model: Any) -> list[Any]:
    """The layers of a chain, or of a model made of features and a classifier."""
    if isinstance(model, nnx.Sequential):
        parts: Any = model.layers
        return [layer for part in parts for layer in layers_of(part)]
    features, classifier = getattr(model, "features", None), getattr(model, "classifier", None)
    if isinstance(features, nnx.Sequential) and isinstance(classifier, nnx.Sequential):
        return [*layers_of(features), *layers_of(classifier)]
    return [model]


def _as_convolution(layer: nnx.Linear, window: tuple[int, ...]) -> Any:
    bias = None if layer.bias is None else layer.bias[...]
    kernel, bias = dense_to_conv(layer.kernel[...], bias, window)
    return _CONVS[len(window) - 1](
        kernel.shape[-2],
        kernel.shape[-1],
        window,
        padding="valid",
        use_bias=bias is not None,
        dtype=layer.dtype,
        param_dtype=layer.param_dtype,
        precision=layer.precision,
        kernel_init=lambda *_: kernel,
        bias_init=lambda *_: cast(jax.Array, bias),
        rngs=nnx.Rngs(0),
    )


def _as_plain_pool(layer: Any, before: tuple[int, ...], after: tuple[int, ...]) -> list[Any]:
    if before == after:
        return []
    if any(n % m for n, m in zip(before, after, strict=True)):
        raise ValueError(
            f"{type(layer).__name__} pools a map of {before} into {after}, but only equal windows "
            "can slide: output_size must divide the map"
        )
    window = tuple(n // m for n, m in zip(before, after, strict=True))
    kinds = _POOLS[GlobalAvgPool if isinstance(layer, AdaptiveAvgPool) else GlobalMaxPool]
    return [kinds[len(window) - 1](window)]


def _check_kept(layer: Any) -> None:
    if layer.keepdims:
        raise ValueError(
            f"{type(layer).__name__} with keepdims=True must be followed by Flatten only; build the "
            "model with keepdims=False to turn it into convolutions"
        )
