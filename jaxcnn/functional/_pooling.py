"""Max, min and average pools of rank 1 to 3, channels last."""

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, overload

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.functional import _lowering
from jaxcnn.functional._arguments import (
    a_float_array,
    accumulator,
    an_int,
    clipped,
    one_batch_axis,
    per_axis,
    rank_of_window,
    split_batch_axis,
)
from jaxcnn.functional._geometry import pool_sizes
from jaxcnn.functional._maxima import first_max
from jaxcnn.functional._padding import Padding, Pairs, resolve_padding, span

Ints = int | Sequence[int]


class Windows(NamedTuple):
    """Where the windows of a pool lie; ``padding`` is what `_lowering` must add."""

    window_shape: tuple[int, ...]
    strides: tuple[int, ...]
    kernel_dilation: tuple[int, ...]
    sizes: tuple[int, ...]
    given: Pairs
    padding: Pairs
    out: tuple[int, ...]


def pool_windows(
    x: jax.Array,
    window_shape: Any,
    strides: Any,
    padding: Any,
    kernel_dilation: Any,
    ceil_mode: bool,
) -> Windows:
    """Check a pool's arguments and place its windows."""
    rank = rank_of_window("window_shape", window_shape, x)
    window = per_axis("window_shape", window_shape, rank)
    steps = window if strides is None else per_axis("strides", strides, rank)
    dilation = per_axis("kernel_dilation", kernel_dilation, rank)
    sizes = x.shape[-rank - 1 : -1]
    given = resolve_padding(padding, sizes, window, steps, dilation)
    out = pool_sizes(sizes, window, steps, given, dilation, ceil_mode)
    # The end of the last window decides the padding after: ceil_mode may need more than given.
    reach = [
        (low, clipped((count - 1) * s + span(k, d) - size - low))
        for size, (low, _), count, k, s, d in zip(
            sizes, given, out, window, steps, dilation, strict=True
        )
    ]
    return Windows(window, steps, dilation, sizes, given, tuple(reach) if ceil_mode else given, out)


@overload
def max_pool(
    x: jax.Array,
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    *,
    kernel_dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: Literal[False] = False,
) -> jax.Array: ...
@overload
def max_pool(
    x: jax.Array,
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    *,
    kernel_dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: Literal[True],
) -> tuple[jax.Array, jax.Array]: ...
def max_pool(
    x: jax.Array,
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    *,
    kernel_dilation: Ints = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> jax.Array | tuple[jax.Array, jax.Array]:
    """Keep the largest pixel of every window, channel by channel.

    Args:
        x: ``(*batch, *spatial, channels)``.
        window_shape: Pixels of the window: one int per spatial axis, or an int for all spatial
            axes of an input with one batch axis.
        strides: Steps of the window, one int or one per axis; None means the window itself.
        padding: See `explicit_padding`; the padding never wins.
        kernel_dilation: Distance between two taps of the window.
        ceil_mode: Let a last, partial window reach over the end; see `pool_output_size`.
        return_indices: Also return where each maximum was found.

    Returns:
        ``(*batch, *out, channels)`` with the dtype of ``x``. With ``return_indices``, also an
        int32 array of the same shape: the flat, row-major position among the spatial axes. Of
        equal pixels the first counts, and receives the gradient.

    Raises:
        ValueError: A wrong rank or dtype, a window larger than the padded map, a window that
            would see only padding, or a value out of range.

    Source: PyTorch's ``MaxPool2d``, for the rounding and the indices.

    >>> x = jnp.arange(1.0, 17.0).reshape(1, 4, 4, 1)
    >>> max_pool(x, 2)[0, :, :, 0].tolist()
    [[6.0, 8.0], [14.0, 16.0]]
    """
    x = a_float_array("x", x)
    windows = pool_windows(x, window_shape, strides, padding, kernel_dilation, ceil_mode)
    x, batch = one_batch_axis(x, len(windows.out))
    if return_indices:
        values, indices = first_max(x, windows)
        return split_batch_axis(values, batch), split_batch_axis(indices, batch)
    return split_batch_axis(_max(x, windows), batch)


def _max(x: jax.Array, windows: Windows) -> jax.Array:
    if any(distance > 1 for distance in windows.kernel_dilation):
        return first_max(x, windows)[0]  # JAX cannot differentiate a dilated reduce_window
    return _lowering.reduce_max(
        x,
        window_shape=windows.window_shape,
        strides=windows.strides,
        padding=windows.padding,
    )


def min_pool(
    x: jax.Array,
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    *,
    kernel_dilation: Ints = 1,
    ceil_mode: bool = False,
) -> jax.Array:
    """Keep the smallest pixel of every window, channel by channel.

    Args:
        x: ``(*batch, *spatial, channels)``.
        window_shape: Pixels of the window, as in `max_pool`.
        strides: Steps of the window; None means the window itself.
        padding: See `explicit_padding`; the padding never wins.
        kernel_dilation: Distance between two taps of the window.
        ceil_mode: Let a last, partial window reach over the end.

    Returns:
        ``(*batch, *out, channels)`` with the dtype of ``x``.

    Raises:
        ValueError: As `max_pool`.

    Source: ``-max_pool(-x)``.

    >>> x = jnp.arange(1.0, 17.0).reshape(1, 4, 4, 1)
    >>> min_pool(x, 2)[0, :, :, 0].tolist()
    [[1.0, 3.0], [9.0, 11.0]]
    """
    negated = -a_float_array("x", x)
    return -max_pool(
        negated,
        window_shape,
        strides,
        padding,
        kernel_dilation=kernel_dilation,
        ceil_mode=ceil_mode,
    )


def avg_pool(
    x: jax.Array,
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    *,
    kernel_dilation: Ints = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> jax.Array:
    """Average every window, channel by channel.

    Args:
        x: ``(*batch, *spatial, channels)``.
        window_shape: Pixels of the window, as in `max_pool`.
        strides: Steps of the window; None means the window itself.
        padding: See `explicit_padding`; it holds zeros.
        kernel_dilation: Distance between two taps of the window.
        ceil_mode: Let a last, partial window reach over the end. Pixels beyond the padding are
            never counted.
        count_include_pad: Count the pixels of the padding in the divisor.
        divisor_override: Divide by this number instead of counting.

    Returns:
        ``(*batch, *out, channels)`` with the dtype of ``x``; bfloat16 and float16 are summed in
        float32.

    Raises:
        ValueError: As `max_pool`, or a ``divisor_override`` below 1.

    Source: PyTorch's ``AvgPool2d``, for the divisor.

    >>> x = jnp.arange(1.0, 17.0).reshape(1, 4, 4, 1)
    >>> avg_pool(x, 2)[0, :, :, 0].tolist()
    [[3.5, 5.5], [11.5, 13.5]]
    """
    x = a_float_array("x", x)
    windows = pool_windows(x, window_shape, strides, padding, kernel_dilation, ceil_mode)
    divisor: Any
    if divisor_override is None:
        divisor = pixels_per_window(windows, count_include_pad)
    else:
        divisor = an_int("divisor_override", divisor_override, 1)
    one_for_all = isinstance(divisor, int)
    flat, batch = one_batch_axis(x, len(windows.out))
    wide = flat.astype(accumulator(x.dtype))
    total = _lowering.reduce_sum(
        wide,
        window_shape=windows.window_shape,
        strides=windows.strides,
        padding=windows.padding,
        kernel_dilation=windows.kernel_dilation,
        divisor=divisor if one_for_all else 1,
    )
    average = total if one_for_all else total / jnp.asarray(divisor, total.dtype)
    return split_batch_axis(average.astype(x.dtype), batch)


def pixels_per_window(windows: Windows, count_padding: bool) -> Any:
    """Count what each window sees: a number, or ``(*out, 1)`` where windows differ."""
    counts = [_taps_inside(windows, axis, count_padding) for axis in range(len(windows.out))]
    if all(isinstance(count, np.ndarray) for count in counts) and all(
        (count == taps).all() for count, taps in zip(counts, windows.window_shape, strict=True)
    ):
        return math.prod(windows.window_shape)
    product = counts[0]
    for count in counts[1:]:
        product = product[..., None] * count
    return product[..., None]


def _taps_inside(windows: Windows, axis: int, count_padding: bool) -> Any:
    low, high = windows.given[axis]
    size, out = windows.sizes[axis], windows.out[axis]
    symbolic = not (isinstance(size, int) and isinstance(out, int))
    taps = windows.kernel_dilation[axis] * np.arange(windows.window_shape[axis]) - low
    first = (jnp if symbolic else np).arange(out) * windows.strides[axis]
    pixels = first[:, None] + taps
    begin, end = (-low, size + high) if count_padding else (0, size)
    return ((pixels >= begin) & (pixels < end)).sum(axis=1)
