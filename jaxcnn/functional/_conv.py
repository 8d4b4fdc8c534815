"""Convolution of rank 1 to 3, channels last."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from jaxcnn.functional import _lowering
from jaxcnn.functional._arguments import (
    MAX_RANK,
    a_choice,
    a_float_array,
    an_int,
    channels_first,
    check_rank,
    one_batch_axis,
    per_axis,
    same_dtype,
    split_batch_axis,
)
from jaxcnn.functional._geometry import conv_sizes
from jaxcnn.functional._padding import PADDING_MODES, Padding, pad_with, resolve_padding, span

Ints = int | Sequence[int]


def conv(
    x: jax.Array,
    kernel: jax.Array,
    bias: jax.Array | None = None,
    *,
    strides: Ints = 1,
    padding: Padding = "same",
    padding_mode: str = "zeros",
    kernel_dilation: Ints = 1,
    input_dilation: Ints = 1,
    feature_group_count: int = 1,
    flip: bool = False,
    precision: lax.PrecisionLike = None,
) -> jax.Array:
    """Slide filters over a map: ``y[p, o] = bias[o] + sum_{t, i} x[pS + tD, i] kernel[t, i, o]``.

    This is the cross-correlation that deep-learning libraries call convolution; ``flip=True``
    gives the true one. The kernel decides the rank: ``kernel.ndim - 2`` spatial axes, 1 to 3.

    Args:
        x: ``(*batch, *spatial, in_features)``, with any number of batch axes, also none.
        kernel: ``(*kernel_size, in_features // feature_group_count, out_features)``.
        bias: ``(out_features,)``, or None.
        strides: Steps ``S`` between two positions, one int or one per spatial axis.
        padding: ``"valid"``, ``"same"``, ``"full"``, ``"causal"``, an int, one int per axis, or
            one (low, high) pair per axis; see `explicit_padding`. ``"same"`` with a stride gives
            ``ceil(size / stride)`` outputs as in Flax and TensorFlow (PyTorch refuses it).
        padding_mode: ``"zeros"``, ``"reflect"``, ``"symmetric"``, ``"replicate"`` or ``"circular"``; see `pad`.
        kernel_dilation: Distance ``D`` between two taps, one int or one per axis.
        input_dilation: Distance between two pixels of ``x`` once zeros are put between them; the
            padding goes around the result.
        feature_group_count: Number of groups; group ``g`` of the outputs sees group ``g`` of the
            inputs only.
        flip: Reverse the kernel along every spatial axis: the mathematical convolution.
        precision: As in `jax.lax.conv_general_dilated`. On a CPU, more than the default asks native kernels for
            plain sums of products, without minimal filtering (see `use_native_kernels`).

    Returns:
        ``(*batch, *out, out_features)`` with the dtype of ``x``; see `conv_output_size`. Products
        of bfloat16 and float16 are summed in float32 and rounded once.

    Raises:
        ValueError: A wrong rank, dtype, channel or group count, an unknown padding or mode, a
            value out of range, or a padded map smaller than the dilated kernel.

    Source: Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*, 2016.

    >>> patch = jnp.array([[0.0, 0, 0], [1, 1, 1], [0, 0, 0]]).reshape(1, 3, 3, 1)
    >>> bar = jnp.array([[-1.0, -1, -1], [2, 2, 2], [-1, -1, -1]]).reshape(3, 3, 1, 1)
    >>> conv(patch, bar, padding="valid").item()
    6.0
    >>> conv(patch, bar, strides=2).shape
    (1, 2, 2, 1)
    """
    x, kernel, rank = conv_operands(x, kernel, bias)
    groups = check_groups(x, kernel, feature_group_count)
    steps = per_axis("strides", strides, rank)
    dilation = per_axis("kernel_dilation", kernel_dilation, rank)
    spread = per_axis("input_dilation", input_dilation, rank)
    mode = a_choice("padding_mode", padding_mode, PADDING_MODES)

    x, batch = one_batch_axis(x, rank)
    sizes = tuple(span(n, d) for n, d in zip(x.shape[1:-1], spread, strict=True))
    pairs = resolve_padding(padding, sizes, kernel.shape[:rank], steps, dilation)
    conv_sizes(sizes, kernel.shape[:rank], steps, pairs, dilation, "kernel")
    if mode != "zeros":
        x = pad_with(_spread(x, spread), pairs, mode)
        spread, pairs = (1,) * rank, ((0, 0),) * rank
    y = _lowering.convolve(
        x,
        jnp.flip(kernel, range(rank)) if flip else kernel,
        strides=steps,
        padding=pairs,
        input_dilation=spread,
        kernel_dilation=dilation,
        feature_group_count=groups,
        precision=precision,
    )
    return split_batch_axis(add_bias(y, bias), batch)


def conv_operands(x: Any, kernel: Any, bias: Any) -> tuple[jax.Array, jax.Array, int]:
    """Return ``x`` and ``kernel`` as checked float arrays, and the spatial rank."""
    x, kernel = a_float_array("x", x), a_float_array("kernel", kernel)
    rank = kernel.ndim - 2
    if not 1 <= rank <= MAX_RANK:
        raise ValueError(
            f"kernel has shape {kernel.shape}, but must be (*kernel_size, in_features // groups, "
            f"out_features) with 1 to {MAX_RANK} spatial axes"
        )
    if 0 in kernel.shape:
        raise ValueError(f"kernel has shape {kernel.shape}, but every size must be at least 1")
    check_rank("x", x, rank)
    if bias is not None:
        bias = a_float_array("bias", bias)
        if bias.shape != kernel.shape[-1:]:
            raise ValueError(
                f"bias has shape {bias.shape}, but must be (out_features,) = {kernel.shape[-1:]}"
            )
    same_dtype(x=x, kernel=kernel, bias=bias)
    return x, kernel, rank


def check_groups(x: jax.Array, kernel: jax.Array, feature_group_count: Any) -> int:
    """Return the group count after checking that channels divide and that the kernel fits."""
    groups = an_int("feature_group_count", feature_group_count, 1)
    features, out = x.shape[-1], kernel.shape[-1]
    for what, count in (("channels of x", features), ("output features of kernel", out)):
        if count % groups:
            raise ValueError(
                f"feature_group_count (={groups}) must divide the {what} (={count}): "
                f"x has shape {x.shape}, kernel {kernel.shape}"
            )
    if kernel.shape[-2] * groups != features:
        raise ValueError(
            f"kernel has shape {kernel.shape}, so it takes {kernel.shape[-2]} channels per group, "
            f"but x has {features} channels in {groups} group(s), {features // groups} per group"
            + channels_first(x.shape, kernel.shape[-2] * groups)
        )
    return groups


def add_bias(y: jax.Array, bias: Any) -> jax.Array:
    """Add ``(features,)`` to the channels of ``y``."""
    return y if bias is None else y + jnp.asarray(bias).reshape((1,) * (y.ndim - 1) + (-1,))


def _spread(x: jax.Array, spread: Sequence[int]) -> jax.Array:
    """Put zeros between the pixels of ``(batch, *spatial, channels)``."""
    if all(distance == 1 for distance in spread):
        return x
    config = [(0, 0, 0), *((0, 0, distance - 1) for distance in spread), (0, 0, 0)]
    return lax.pad(x, jnp.zeros((), x.dtype), config)
