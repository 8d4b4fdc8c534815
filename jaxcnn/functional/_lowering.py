"""The one seam through which convolutions and pools reach XLA.

Everything above speaks in ``(batch, *spatial, channels)``, explicit padding pairs and one int per
axis. A faster lowering for some device belongs here and nowhere else.
"""

from collections.abc import Sequence
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

_SPATIAL = "DHW"


def convolve(
    x: jax.Array,
    kernel: jax.Array,
    *,
    strides: Sequence[int],
    padding: Sequence[tuple[int, int]],
    input_dilation: Sequence[int],
    kernel_dilation: Sequence[int],
    feature_group_count: int,
    precision: lax.PrecisionLike,
) -> jax.Array:
    """Cross-correlate ``(batch, *spatial, in)`` with ``(*spatial, in/groups, out)``.

    XLA accumulates bfloat16 and float16 products in float32 and rounds the sum once.
    """
    size, rank = kernel.shape[:-2], len(strides)
    cut = [
        stride if _aborts(k, distance, stride, pair, d) else 0
        for k, distance, stride, pair, d in zip(
            size, input_dilation, strides, padding, kernel_dilation, strict=True
        )
    ]
    padding = [(low, high + more) for (low, high), more in zip(padding, cut, strict=True)]
    gradient_aborts = any(
        _aborts(k, stride, distance, (k - 1 - low, 0), d)
        for k, distance, stride, (low, _), d in zip(
            size, input_dilation, strides, padding, kernel_dilation, strict=True
        )
    )
    # lax.conv takes no symbolic padding ("same" with a stride on a symbolic size); lax.pad does.
    symbolic = not all(isinstance(amount, int) for pair in padding for amount in pair)
    if symbolic or gradient_aborts:
        margins = [(*pair, d - 1) for pair, d in zip(padding, input_dilation, strict=True)]
        x = lax.pad(x, jnp.zeros((), x.dtype), ((0, 0, 0), *margins, (0, 0, 0)))
        padding, input_dilation = ((0, 0),) * rank, (1,) * rank
    spatial = _SPATIAL[-len(strides) :]
    layout = f"N{spatial}C"
    y = lax.conv_general_dilated(
        x,
        kernel,
        window_strides=tuple(strides),
        padding=tuple(padding),
        lhs_dilation=tuple(input_dilation),
        rhs_dilation=tuple(kernel_dilation),
        dimension_numbers=(layout, f"{spatial}IO", layout),
        feature_group_count=feature_group_count,
        precision=precision,
    )
    for axis, more in enumerate(cut, start=1):
        if more:
            y = lax.slice_in_dim(y, 0, y.shape[axis] - 1, axis=axis)
    return y


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


def reduce_windows(
    x: jax.Array,
    operation: Literal["max", "sum"],
    *,
    window_shape: Sequence[int],
    strides: Sequence[int],
    padding: Sequence[tuple[int, int]],
    kernel_dilation: Sequence[int],
) -> jax.Array:
    """Reduce every window of ``(batch, *spatial, channels)``; padding is neutral."""
    # NumPy scalars stay concrete under jit: JAX differentiates only identities that it recognises.
    if operation == "max":
        init, reducer = np.array(-np.inf, x.dtype), lax.max
    else:
        init, reducer = np.zeros((), x.dtype), lax.add
    return lax.reduce_window(
        x,
        init,
        reducer,
        window_dimensions=(1, *window_shape, 1),
        window_strides=(1, *strides, 1),
        padding=((0, 0), *padding, (0, 0)),
        window_dilation=(1, *kernel_dilation, 1),
    )
