"""XLA's own operations: what every platform but the CPU always gets."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jaxcnn.functional._lowering._convolution import (
    Convolution,
    Sizes,
    with_explicit_padding,
)

_SPATIAL = "DHW"


def forward(conv: Convolution, x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Cross-correlate ``(batch, *map, in)`` with ``(*K, in / groups, out)``.

    XLA accumulates bfloat16 and float16 products in float32 and rounds the sum once.
    """
    axes = list(
        zip(
            kernel.shape[:-2],
            conv.input_dilation,
            conv.strides,
            conv.padding,
            conv.kernel_dilation,
            strict=True,
        )
    )
    cut = [
        stride if _aborts(k, spread, stride, pair, d) else 0 for k, spread, stride, pair, d in axes
    ]
    conv = replace(
        conv,
        padding=tuple(
            (low, high + more) for (low, high), more in zip(conv.padding, cut, strict=True)
        ),
    )
    gradient_aborts = any(
        _aborts(k, stride, spread, (k - 1 - low, 0), d) for k, spread, stride, (low, _), d in axes
    )
    if gradient_aborts:
        x, conv = with_explicit_padding(x, conv)
    spatial = _SPATIAL[-conv.rank :]
    layout = f"N{spatial}C"
    y = lax.conv_general_dilated(
        x,
        kernel,
        window_strides=conv.strides,
        padding=conv.padding,
        lhs_dilation=conv.input_dilation,
        rhs_dilation=conv.kernel_dilation,
        dimension_numbers=(layout, f"{spatial}IO", layout),
        feature_group_count=conv.groups,
        precision=conv.precision,
    )
    for axis, more in enumerate(cut, start=1):
        if more:
            y = lax.slice_in_dim(y, 0, y.shape[axis] - 1, axis=axis)
    return y


def input_gradient(
    conv: Convolution, g: jax.Array, kernel: jax.Array, map_size: tuple[Any, ...]
) -> jax.Array:
    """The cotangent of the input ``(batch, *map, in)`` from the output's."""
    ins = kernel.shape[-2] * conv.groups
    x = jax.ShapeDtypeStruct((g.shape[0], *map_size, ins), g.dtype)
    return _transposed(lambda x: forward(conv, x, kernel), x)(g)


def kernel_gradient(conv: Convolution, x: jax.Array, g: jax.Array, kernel_size: Sizes) -> jax.Array:
    """The cotangent of the kernel ``(*K, in / groups, out)`` from the output's."""
    shape = (*kernel_size, x.shape[-1] // conv.groups, g.shape[-1])
    return _transposed(lambda k: forward(conv, x, k), jax.ShapeDtypeStruct(shape, x.dtype))(g)


def _transposed(
    function: Callable[[jax.Array], jax.Array], argument: jax.ShapeDtypeStruct
) -> Callable[[jax.Array], jax.Array]:
    transpose = jax.linear_transpose(function, argument)
    return lambda g: transpose(g)[0]


def _aborts(
    kernel_size: int, input_dilation: int, stride: int, pair: tuple[int, int], kernel_dilation: int
) -> bool:
    """Tell whether XLA may abort the process over an axis of a convolution.

    Where it exchanges a large kernel with a small map, XLA takes such an axis for one that stands
    for groups, and fails its own check (``SwapConvOperands``, seen in jaxlib 0.10). One more output,
    cut off afterwards, or explicit padding keeps it from doing so.
    """
    exchanged = input_dilation == kernel_size > 1 and stride == kernel_size - 1
    return exchanged and kernel_dilation == 1 and pair == (0, 0)


def reduce_max(
    x: jax.Array, window_shape: Sizes, strides: Sizes, padding: Sequence[tuple[int, int]]
) -> jax.Array:
    """The maximum of every window of ``(batch, *map, channels)``; padding never wins."""
    # NumPy scalars stay concrete under jit: JAX differentiates only identities that it recognises.
    init = np.array(-np.inf, x.dtype)
    ones = (1,) * len(strides)
    return _reduce_windows(x, init, lax.max, window_shape, strides, padding, ones)


def reduce_sum(
    x: jax.Array,
    window_shape: Sizes,
    strides: Sizes,
    padding: Sequence[tuple[int, int]],
    kernel_dilation: Sizes,
) -> jax.Array:
    """The sum of every window of ``(batch, *map, channels)``; padding counts as zero."""
    init = np.zeros((), x.dtype)
    return _reduce_windows(x, init, lax.add, window_shape, strides, padding, kernel_dilation)


def divided_sum(x: jax.Array, divisor: float, *windows: Any) -> jax.Array:
    """`reduce_sum`, divided by a number."""
    return reduce_sum(x, *windows) / jnp.asarray(divisor, x.dtype)


def reduce_sum_back(g: jax.Array, map_size: tuple[Any, ...], *windows: Any) -> jax.Array:
    """The cotangent of the input of `reduce_sum` from that of its result."""
    x = jax.ShapeDtypeStruct((g.shape[0], *map_size, g.shape[-1]), g.dtype)
    return _transposed(lambda x: reduce_sum(x, *windows), x)(g)


def _reduce_windows(
    x: jax.Array,
    init: Any,
    reducer: Any,
    window_shape: Sizes,
    strides: Sizes,
    padding: Sequence[tuple[int, int]],
    kernel_dilation: Sizes,
) -> jax.Array:
    return lax.reduce_window(
        x,
        init,
        reducer,
        window_dimensions=(1, *window_shape, 1),
        window_strides=(1, *strides, 1),
        padding=((0, 0), *padding, (0, 0)),
        window_dilation=(1, *kernel_dilation, 1),
    )


def moments(x: jax.Array) -> jax.Array:
    """Mean and biased variance of each channel, in two passes."""
    mean = _mean(x)
    centred = x - mean
    return jnp.stack([mean, _mean(centred * centred)])


def channel_sums(g: jax.Array, x: jax.Array, mean: jax.Array) -> jax.Array:
    """For each channel the sum of ``g``, and that of ``g * (x - mean)``."""
    pixels = tuple(range(g.ndim - 1))
    return jnp.stack([g.sum(pixels), (g * (x - mean)).sum(pixels)])


def channel_spread(x: jax.Array, mean: jax.Array, c: jax.Array) -> jax.Array:
    """The transpose of `channel_sums`."""
    return c[0] + (x - mean) * c[1]


def _mean(x: jax.Array) -> jax.Array:
    return x.sum(tuple(range(x.ndim - 1))) / math.prod(x.shape[:-1])


def select_and_gather(t: jax.Array, x: jax.Array, *windows: Any) -> jax.Array:
    """The tangent of `reduce_max` at ``x``."""
    return jax.jvp(lambda x: reduce_max(x, *windows), (x,), (t,))[1]


def select_and_scatter(g: jax.Array, x: jax.Array, *windows: Any) -> jax.Array:
    """The cotangent of ``x`` from that of `reduce_max`."""
    return jax.vjp(lambda x: reduce_max(x, *windows), x)[1](g)[0]
