"""Output sizes of convolutions and pools, in integers: nothing is executed."""

from collections.abc import Callable, Sequence
from typing import Any, overload

import jax
import jax.core
import numpy as np

from jaxcnn.functional._arguments import known_below, per_axis
from jaxcnn.functional._padding import (
    Padding,
    Pairs,
    is_padding_name,
    numeric_padding,
    resolve_padding,
    span,
)

Ints = int | Sequence[int]


def conv_sizes(
    sizes: Sequence[int],
    kernel_size: Sequence[int],
    strides: Sequence[int],
    pairs: Pairs,
    kernel_dilation: Sequence[int],
    window: str = "kernel_size",
) -> tuple[int, ...]:
    """Return the output size per axis, or raise where the map is smaller than the window."""
    found = []
    for axis, (size, (low, high)) in enumerate(zip(sizes, pairs, strict=True)):
        extent = span(kernel_size[axis], kernel_dilation[axis])
        room = size + low + high - extent
        if known_below(room, 0):
            raise map_too_small(axis, size, (low, high), window, kernel_size, kernel_dilation)
        found.append(room // strides[axis] + 1)
    return tuple(found)


def map_too_small(
    axis: int,
    size: int,
    pair: tuple[int, int],
    window: str,
    kernel_size: Sequence[int],
    kernel_dilation: Sequence[int],
) -> ValueError:
    """Say which axis has too few pixels for the window."""
    extent = span(kernel_size[axis], kernel_dilation[axis])
    dilated = f" (dilated by {kernel_dilation[axis]})" if kernel_dilation[axis] > 1 else ""
    return ValueError(
        f"{window} (={tuple(kernel_size)}){dilated} is larger than the map: along spatial axis "
        f"{axis} it spans {extent} pixels, and the map has {size} + padding {pair[0]} + {pair[1]}. "
        "Use a larger input, more padding, or fewer poolings and strides before this point"
    )


def pool_sizes(
    sizes: Sequence[int],
    window_shape: Sequence[int],
    strides: Sequence[int],
    pairs: Pairs,
    kernel_dilation: Sequence[int],
    ceil_mode: bool,
) -> tuple[int, ...]:
    """Return the output size per axis; every window must see at least one pixel of the map."""
    if not ceil_mode:
        found = conv_sizes(sizes, window_shape, strides, pairs, kernel_dilation, "window_shape")
    else:
        found = tuple(
            _ceil_size(size, span(k, d), s, *pair)
            for size, k, s, pair, d in zip(
                sizes, window_shape, strides, pairs, kernel_dilation, strict=True
            )
        )
    for axis, (size, out) in enumerate(zip(sizes, found, strict=True)):
        if known_below(out, 1):
            raise map_too_small(
                axis, size, pairs[axis], "window_shape", window_shape, kernel_dilation
            )
        low, high = pairs[axis]
        if not (low or high or ceil_mode) or not (isinstance(size, int) and isinstance(out, int)):
            continue
        pixels = tap_positions(out, window_shape[axis], strides[axis], kernel_dilation[axis], low)
        blind = ~((pixels >= 0) & (pixels < size)).any(axis=1)
        if blind.any():
            raise ValueError(
                f"padding (={pairs}) must leave every window at least one pixel of the map: "
                f"along spatial axis {axis} of {size} pixels, window {int(blind.argmax())} of "
                f"{out} (window_shape {tuple(window_shape)}) sees only padding"
            )
    return found


def _ceil_size(size: int, extent: int, stride: int, low: int, high: int) -> int:
    # A last, partial window counts only if it starts inside the map or its low padding.
    ceiled = -(-(size + low + high - extent) // stride) + 1
    starting_inside = -(-(size + low) // stride)
    if isinstance(size, int):
        return min(ceiled, starting_inside)
    return ceiled if high + stride <= extent else jax.core.min_dim(ceiled, starting_inside)


def tap_positions(out: int, kernel_size: int, stride: int, dilation: int, low: int) -> np.ndarray:
    """Return ``(out, kernel_size)``: the pixel under each tap of each window, padding negative."""
    return np.arange(out)[:, None] * stride - low + dilation * np.arange(kernel_size)


def transposed_pairs(
    padding: Any, kernel_size: Sequence[int], strides: Sequence[int], kernel_dilation: Sequence[int]
) -> Pairs:
    """Return the pixels cropped from the two ends of each axis (negative: zeros are added)."""
    if not is_padding_name(padding):
        return numeric_padding(padding, len(kernel_size))
    pairs = []
    for k, stride, dilation in zip(kernel_size, strides, kernel_dilation, strict=True):
        extent = span(k, dilation)
        total = max(extent - stride, 0)
        pairs.append(
            {
                "valid": (0, 0),
                "full": (extent - 1, extent - 1),
                "causal": (0, extent - stride),
                "same": (total // 2, extent - stride - total // 2),
            }[padding.lower()]
        )
    return tuple(pairs)


def transposed_sizes(
    sizes: Sequence[int],
    kernel_size: Sequence[int],
    strides: Sequence[int],
    pairs: Pairs,
    output_padding: Sequence[int],
    kernel_dilation: Sequence[int],
) -> tuple[int, ...]:
    """Return the output size per axis of a transposed convolution."""
    found = []
    for axis, (size, (low, high)) in enumerate(zip(sizes, pairs, strict=True)):
        extra, stride, dilation = output_padding[axis], strides[axis], kernel_dilation[axis]
        if extra >= max(stride, dilation):
            raise ValueError(
                f"output_padding (={tuple(output_padding)}) must be below the stride or the "
                f"dilation: along spatial axis {axis} they are {stride} and {dilation}"
            )
        out = (size - 1) * stride + span(kernel_size[axis], dilation) - low - high + extra
        if known_below(out, 1):
            raise ValueError(
                f"padding (={pairs}) crops away the whole output: along spatial axis {axis} of "
                f"{size} pixels, {out} would be left, and at least 1 must be"
            )
        found.append(out)
    return tuple(found)


@overload
def conv_output_size(
    size: int,
    kernel_size: Ints,
    strides: Ints = 1,
    padding: Padding = "valid",
    kernel_dilation: Ints = 1,
    input_dilation: Ints = 1,
) -> int: ...
@overload
def conv_output_size(
    size: Sequence[int],
    kernel_size: Ints,
    strides: Ints = 1,
    padding: Padding = "valid",
    kernel_dilation: Ints = 1,
    input_dilation: Ints = 1,
) -> tuple[int, ...]: ...
def conv_output_size(
    size: Ints,
    kernel_size: Ints,
    strides: Ints = 1,
    padding: Padding = "valid",
    kernel_dilation: Ints = 1,
    input_dilation: Ints = 1,
) -> int | tuple[int, ...]:
    """Return the size of a convolution's output: ``(N + P - D(K - 1) - 1) // S + 1`` per axis.

    Args:
        size: Pixels ``N`` of the input: an int for one axis, or one int per spatial axis.
        kernel_size: Taps ``K``, one int or one per axis.
        strides: Steps ``S``, one int or one per axis.
        padding: See `explicit_padding`; ``P`` is the sum of both sides.
        kernel_dilation: Distance ``D`` between two taps, one int or one per axis.
        input_dilation: Distance between two pixels after zeros are put between them.

    Returns:
        An int when ``size`` is one, else one int per axis.

    Raises:
        ValueError: The padded map is smaller than the dilated kernel, or a value is out of range.

    Source: Dumoulin and Visin, *A guide to convolution arithmetic for deep learning*, 2016.

    >>> conv_output_size(7, 3), conv_output_size(7, 3, strides=2), conv_output_size(7, 3, padding=1)
    (5, 3, 7)
    >>> conv_output_size((32, 32), 5, padding=2)
    (32, 32)
    """

    def compute(sizes: tuple[int, ...]) -> tuple[int, ...]:
        rank = len(sizes)
        kernel, steps, dilation = _geometry(
            rank, "kernel_size", kernel_size, strides, kernel_dilation
        )
        spread = per_axis("input_dilation", input_dilation, rank)
        sizes = tuple(span(n, d) for n, d in zip(sizes, spread, strict=True))
        pairs = resolve_padding(padding, sizes, kernel, steps, dilation)
        return conv_sizes(sizes, kernel, steps, pairs, dilation)

    return _as_given(size, compute)


@overload
def pool_output_size(
    size: int,
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    kernel_dilation: Ints = 1,
    ceil_mode: bool = False,
) -> int: ...
@overload
def pool_output_size(
    size: Sequence[int],
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    kernel_dilation: Ints = 1,
    ceil_mode: bool = False,
) -> tuple[int, ...]: ...
def pool_output_size(
    size: Ints,
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    kernel_dilation: Ints = 1,
    ceil_mode: bool = False,
) -> int | tuple[int, ...]:
    """Return the size of a pool's output.

    Args:
        size: Pixels of the input: an int for one axis, or one int per spatial axis.
        window_shape: Pixels of the window, one int or one per axis.
        strides: Steps of the window; None means the window itself.
        padding: See `explicit_padding`.
        kernel_dilation: Distance between two taps of the window.
        ceil_mode: Round up instead of down: a last window may reach over the end, if it starts
            inside the map or the padding before it.

    Returns:
        An int when ``size`` is one, else one int per axis.

    Raises:
        ValueError: The padded map is smaller than the window, or a window sees only padding.

    Source: PyTorch's ``MaxPool2d``, including the rule for the last window.

    >>> pool_output_size(7, 2), pool_output_size(7, 2, ceil_mode=True)
    (3, 4)
    """

    def compute(sizes: tuple[int, ...]) -> tuple[int, ...]:
        window, steps, dilation = _geometry(
            len(sizes), "window_shape", window_shape, strides, kernel_dilation
        )
        pairs = resolve_padding(padding, sizes, window, steps, dilation)
        return pool_sizes(sizes, window, steps, pairs, dilation, ceil_mode)

    return _as_given(size, compute)


@overload
def conv_transpose_output_size(
    size: int,
    kernel_size: Ints,
    strides: Ints = 1,
    padding: Padding = 0,
    output_padding: Ints = 0,
    kernel_dilation: Ints = 1,
) -> int: ...
@overload
def conv_transpose_output_size(
    size: Sequence[int],
    kernel_size: Ints,
    strides: Ints = 1,
    padding: Padding = 0,
    output_padding: Ints = 0,
    kernel_dilation: Ints = 1,
) -> tuple[int, ...]: ...
def conv_transpose_output_size(
    size: Ints,
    kernel_size: Ints,
    strides: Ints = 1,
    padding: Padding = 0,
    output_padding: Ints = 0,
    kernel_dilation: Ints = 1,
) -> int | tuple[int, ...]:
    """Return the size of a transposed convolution's output: ``(N - 1)S + D(K - 1) + 1 - P + O``.

    Args:
        size: Pixels ``N`` of the input: an int for one axis, or one int per spatial axis.
        kernel_size: Taps ``K``, one int or one per axis.
        strides: Steps ``S`` of the convolution that is transposed.
        padding: Pixels cropped from the output, see `conv_transpose`; ``P`` sums both sides.
        output_padding: Pixels ``O`` added after the output.
        kernel_dilation: Distance ``D`` between two taps.

    Returns:
        An int when ``size`` is one, else one int per axis.

    Raises:
        ValueError: ``output_padding`` is not below the stride or the dilation, or nothing is left.

    Source: PyTorch's ``ConvTranspose2d``.

    >>> conv_transpose_output_size(4, 3, strides=2, padding=1, output_padding=1)
    8
    """

    def compute(sizes: tuple[int, ...]) -> tuple[int, ...]:
        rank = len(sizes)
        kernel, steps, dilation = _geometry(
            rank, "kernel_size", kernel_size, strides, kernel_dilation
        )
        extra = per_axis("output_padding", output_padding, rank, minimum=0)
        pairs = transposed_pairs(padding, kernel, steps, dilation)
        return transposed_sizes(sizes, kernel, steps, pairs, extra, dilation)

    return _as_given(size, compute)


def _geometry(
    rank: int, name: str, window: Any, strides: Any, kernel_dilation: Any
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    shape = per_axis(name, window, rank)
    return (
        shape,
        shape if strides is None else per_axis("strides", strides, rank),
        per_axis("kernel_dilation", kernel_dilation, rank),
    )


def _as_given(
    size: Any, compute: Callable[[tuple[int, ...]], tuple[int, ...]]
) -> int | tuple[int, ...]:
    """Apply ``compute`` to one int or to a sequence, and answer in the same form."""
    if isinstance(size, (tuple, list)):
        return compute(tuple(per_axis("size", size, len(size))))
    return compute(per_axis("size", size, 1))[0]
