"""Where windows lie along each axis: checked sizes, from explicit paddings."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.core
import numpy as np

from jaxcnn.functional._arguments import known_below
from jaxcnn.functional._padding import Pairs, is_padding_name, numeric_padding, span


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
