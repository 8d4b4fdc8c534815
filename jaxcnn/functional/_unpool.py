"""Putting maxima back where they were found."""

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.core
import jax.numpy as jnp
import numpy as np

from jaxcnn.functional._arguments import (
    a_float_array,
    an_array,
    known_below,
    one_batch_axis,
    per_axis,
    rank_of_window,
    split_batch_axis,
)
from jaxcnn.functional._padding import Padding, numeric_padding, resolve_padding, span

Ints = int | Sequence[int]


def max_unpool(
    x: jax.Array,
    indices: jax.Array,
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    *,
    kernel_dilation: Ints = 1,
    output_shape: Ints | None = None,
) -> jax.Array:
    """Put each value at the position that `max_pool` found it at, and zeros elsewhere.

    Args:
        x: ``(*batch, *spatial, channels)``, the values.
        indices: Positions from ``max_pool(..., return_indices=True)``, of the shape of ``x``. Where
            windows overlap, a position may occur twice; one of its values is kept.
        window_shape: Pixels of the window, as given to `max_pool`.
        strides: Steps of the window; None means the window itself.
        padding: As given to `max_pool`. ``"same"``, ``"full"`` and ``"causal"`` need
            ``output_shape``.
        kernel_dilation: Distance between two taps of the window.
        output_shape: Spatial sizes of the output; None means the smallest map that pools to ``x``,
            ``(N - 1)S + D(K - 1) + 1`` less the padding. It may differ from that by less than the
            stride.

    Returns:
        ``(*batch, *output_shape, channels)`` with the dtype of ``x``. In compiled code, where
        nobody can look at them, positions outside the map are dropped.

    Raises:
        ValueError: A wrong rank or dtype, indices of another shape, not whole numbers or outside
            the map, or an ``output_shape`` or ``padding`` that cannot have given ``x``.

    Source: PyTorch's ``MaxUnpool2d``; Zeiler and Fergus, *Visualizing and understanding
    convolutional networks*, 2014, section 2.1.

    >>> x = jnp.array([1.0, 5.0, 7.0, 2.0]).reshape(1, 4, 1)
    >>> values, indices = max_pool(x, 2, return_indices=True)
    >>> max_unpool(values, indices, 2)[0, :, 0].tolist()
    [0.0, 5.0, 7.0, 0.0]
    """
    x, given, indices = a_float_array("x", x), indices, an_array("indices", indices)
    if indices.shape != x.shape or not jnp.issubdtype(indices.dtype, jnp.integer):
        raise ValueError(
            f"indices has shape {indices.shape} and dtype {indices.dtype}, but must be whole "
            f"numbers of the shape of x, {x.shape}"
        )
    rank = rank_of_window("window_shape", window_shape, x)
    window = per_axis("window_shape", window_shape, rank)
    steps = window if strides is None else per_axis("strides", strides, rank)
    dilation = per_axis("kernel_dilation", kernel_dilation, rank)
    sizes = _output_sizes(x.shape[-rank - 1 : -1], window, steps, padding, dilation, output_shape)
    _check_inside(given, math.prod(sizes), sizes)
    values, batch = one_batch_axis(x, rank)
    count, channels = values.shape[0], values.shape[-1]
    pixels = values.reshape(count, -1, channels)
    where = jnp.where(indices < 0, math.prod(sizes), indices).reshape(pixels.shape)
    example = jnp.arange(count)[:, None, None]
    empty = jnp.zeros((count, math.prod(sizes), channels), x.dtype)
    filled = empty.at[example, where, jnp.arange(channels)].set(pixels, mode="drop")
    return split_batch_axis(filled.reshape(count, *sizes, channels), batch)


def _check_inside(indices: Any, pixels: Any, sizes: tuple[Any, ...]) -> None:
    """Refuses positions outside the map, where they are known."""
    if isinstance(indices, jax.core.Tracer) or not isinstance(pixels, int):
        return
    known = np.asarray(indices)
    wrong = (known < 0) | (known >= pixels)
    if wrong.any():
        place = tuple(map(int, np.argwhere(wrong)[0]))
        raise ValueError(
            f"indices{list(place)} (={known[place]}) must be from 0 to {pixels - 1}, as the "
            f"output is {sizes}: give the window_shape, strides, padding and output_shape of the pool"
        )


def _output_sizes(
    sizes: Sequence[int],
    window: Sequence[int],
    strides: Sequence[int],
    padding: Any,
    dilation: Sequence[int],
    output_shape: Any,
) -> tuple[int, ...]:
    named = isinstance(padding, str) and padding.lower() != "valid"
    if output_shape is None and named:
        raise ValueError(
            f"padding (={padding!r}) depends on the size of the output: give output_shape, "
            "or numbers as padding"
        )
    rank = len(sizes)
    wanted = None if output_shape is None else per_axis("output_shape", output_shape, rank)
    pairs = (
        numeric_padding(0 if isinstance(padding, str) else padding, rank)
        if wanted is None
        else resolve_padding(padding, wanted, window, strides, dilation)
    )
    smallest = tuple(
        (size - 1) * s + span(k, d) - low - high
        for size, k, s, d, (low, high) in zip(sizes, window, strides, dilation, pairs, strict=True)
    )
    if wanted is None:
        for axis, size in enumerate(smallest):
            if known_below(size, 1):
                raise ValueError(
                    f"padding (={padding!r}) crops away the whole output: along spatial axis {axis} "
                    f"of {sizes[axis]} values, {size} pixels would be left, and at least 1 must be"
                )
        return smallest
    for axis, (want, usual) in enumerate(zip(wanted, smallest, strict=True)):
        if abs(want - usual) >= strides[axis]:
            raise ValueError(
                f"output_shape (={wanted}) must differ from {smallest} by less than the strides "
                f"(={tuple(strides)}), since no other map of that size pools to {tuple(sizes)}"
            )
    return wanted
