"""Patches of a map: cutting them out, and adding them up again."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp

from jaxcnn.functional._arguments import (
    MAX_RANK,
    a_float_array,
    accumulator,
    one_batch_axis,
    per_axis,
    rank_of_window,
    split_batch_axis,
)
from jaxcnn.functional._geometry import conv_sizes
from jaxcnn.functional._maxima import strided_taps
from jaxcnn.functional._padding import Padding, Pairs, pad_with, resolve_padding

Ints = int | Sequence[int]


def unfold(
    x: jax.Array,
    window_shape: Ints,
    strides: Ints = 1,
    padding: Padding = "valid",
    *,
    kernel_dilation: Ints = 1,
) -> jax.Array:
    """Cut out the patch under every position of a window.

    A convolution is a product with these patches: ``jnp.tensordot(unfold(x, (3, 3)), kernel, 3)``.

    Args:
        x: ``(*batch, *spatial, channels)``.
        window_shape: Pixels of the window: one int per spatial axis, or an int for all spatial
            axes of an input with one batch axis.
        strides: Steps of the window, one int or one per axis.
        padding: See `explicit_padding`; it holds zeros.
        kernel_dilation: Distance between two pixels of a patch.

    Returns:
        ``(*batch, *out, *window_shape, channels)`` with the dtype of ``x``.

    Raises:
        ValueError: A wrong rank or dtype, a window larger than the padded map, or a value out of
            range.

    Source: "im2col"; Chellapilla, Puri and Simard, *High performance convolutional neural networks
    for document processing*, 2006.

    >>> unfold(jnp.arange(4.0).reshape(1, 4, 1), 2)[0, :, :, 0].tolist()
    [[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]]
    """
    x = a_float_array("x", x)
    rank = rank_of_window("window_shape", window_shape, x)
    window = per_axis("window_shape", window_shape, rank)
    steps = per_axis("strides", strides, rank)
    dilation = per_axis("kernel_dilation", kernel_dilation, rank)
    pairs = resolve_padding(padding, x.shape[-rank - 1 : -1], window, steps, dilation)
    out = conv_sizes(x.shape[-rank - 1 : -1], window, steps, pairs, dilation, "window_shape")
    x, batch = one_batch_axis(x, rank)
    return split_batch_axis(_cut(x, window, steps, pairs, dilation, out), batch)


def _cut(
    x: jax.Array,
    window: Sequence[int],
    strides: Sequence[int],
    pairs: Pairs,
    dilation: Sequence[int],
    out: Sequence[int],
) -> jax.Array:
    x = pad_with(x, pairs, "zeros")
    for axis, count in enumerate(out):
        taps = strided_taps(x, axis + 1, window[axis], strides[axis], dilation[axis], count)
        x = jnp.stack(taps, axis=-2)
    return x


def fold(
    patches: jax.Array,
    output_shape: Ints,
    strides: Ints = 1,
    padding: Padding = "valid",
    *,
    kernel_dilation: Ints = 1,
) -> jax.Array:
    """Put patches back in place and add up where they overlap: the linear transpose of `unfold`.

    Args:
        patches: ``(*batch, *out, *window_shape, channels)``, as `unfold` returns them.
        output_shape: Spatial sizes of the map: one int per axis, or an int for all axes of patches
            with one batch axis.
        strides: Steps of the window, one int or one per axis.
        padding: The padding given to `unfold`; what falls on it is dropped.
        kernel_dilation: Distance between two pixels of a patch.

    Returns:
        ``(*batch, *output_shape, channels)`` with the dtype of ``patches``; bfloat16 and float16
        are summed in float32.

    Raises:
        ValueError: A wrong rank or dtype, positions that do not match ``output_shape``, or a
            value out of range.

    Source: PyTorch's ``Fold``.

    >>> patches = unfold(jnp.ones((1, 4, 1)), 2)
    >>> fold(patches, (4,))[0, :, 0].tolist()
    [1.0, 2.0, 2.0, 1.0]
    """
    patches = a_float_array("patches", patches)
    rank = _rank_of_patches(patches, output_shape)
    sizes = per_axis("output_shape", output_shape, rank)
    steps = per_axis("strides", strides, rank)
    dilation = per_axis("kernel_dilation", kernel_dilation, rank)
    positions, window = patches.shape[-2 * rank - 1 : -rank - 1], patches.shape[-rank - 1 : -1]
    pairs = resolve_padding(padding, sizes, window, steps, dilation)
    out = conv_sizes(sizes, window, steps, pairs, dilation, "window_shape")
    if out != positions:
        raise ValueError(
            f"patches has shape {patches.shape}, so {positions} windows of {window}, but "
            f"output_shape (={sizes}) has {out} of them with strides {steps} and padding {pairs}"
        )
    flat, batch = one_batch_axis(patches, 2 * rank)
    wide = flat.astype(accumulator(patches.dtype))
    whole = jax.ShapeDtypeStruct((wide.shape[0], *sizes, wide.shape[-1]), wide.dtype)
    add_up = jax.linear_transpose(lambda x: _cut(x, window, steps, pairs, dilation, out), whole)
    return split_batch_axis(add_up(wide)[0].astype(patches.dtype), batch)


def _rank_of_patches(patches: jax.Array, output_shape: Any) -> int:
    given = isinstance(output_shape, (tuple, list))
    rank = len(output_shape) if given else (patches.ndim - 2) // 2
    fits = patches.ndim > 2 * rank if given else patches.ndim == 2 * rank + 2
    if not 1 <= rank <= MAX_RANK or not fits or 0 in patches.shape[-2 * rank - 1 :]:
        raise ValueError(
            f"patches has shape {patches.shape}, but for output_shape (={output_shape!r}) it must "
            f"be (*batch, *out, *window_shape, channels) with 1 to {MAX_RANK} spatial axes, none of "
            "them empty; an int as output_shape needs one batch axis"
        )
    return rank
