"""Power-average pooling."""

import math
from collections.abc import Sequence
from numbers import Real

import jax
import jax.numpy as jnp

from jaxcnn.functional._arguments import a_float_array, accumulator
from jaxcnn.functional._padding import Padding
from jaxcnn.functional._pooling import avg_pool, max_pool, pool_windows

Ints = int | Sequence[int]


def lp_pool(
    x: jax.Array,
    norm_type: float,
    window_shape: Ints,
    strides: Ints | None = None,
    padding: Padding = "valid",
    *,
    kernel_dilation: Ints = 1,
    ceil_mode: bool = False,
) -> jax.Array:
    """Take ``(sum x^p)^(1/p)`` over every window, channel by channel.

    Args:
        x: ``(*batch, *spatial, channels)``. As in PyTorch the sum takes ``x``, not ``|x|``: for an
            odd ``p`` a negative sum gives NaN unless ``p`` is 1.
        norm_type: The exponent ``p > 0``; 1 is sum pooling, ``inf`` the maximum of ``|x|``.
        window_shape: Pixels of the window, as in `max_pool`.
        strides: Steps of the window; None means the window itself.
        padding: See `explicit_padding`; it holds zeros.
        kernel_dilation: Distance between two taps of the window.
        ceil_mode: Let a last, partial window reach over the end. As in PyTorch its sum is scaled
            up to that of a whole window.

    Returns:
        ``(*batch, *out, channels)`` with the dtype of ``x``; bfloat16 and float16 are computed in
        float32. Where the sum is zero, so is the gradient.

    Raises:
        ValueError: As `max_pool`, or a ``norm_type`` that is not positive.

    Source: PyTorch's ``LPPool2d``; Sermanet, Chintala and LeCun, *Convolutional neural networks
    applied to house numbers digit classification*, 2012, section 2.2.

    >>> lp_pool(jnp.array([3.0, 4.0, 6.0, 8.0]).reshape(1, 4, 1), 2, 2)[0, :, 0].tolist()
    [5.0, 10.0]
    """
    x = a_float_array("x", x)
    if isinstance(norm_type, bool) or not isinstance(norm_type, Real) or not norm_type > 0:
        raise ValueError(f"norm_type (={norm_type!r}) must be a positive number or inf")
    options = {"kernel_dilation": kernel_dilation, "ceil_mode": bool(ceil_mode)}
    if math.isinf(norm_type):
        return max_pool(jnp.abs(x), window_shape, strides, padding, **options)
    windows = pool_windows(x, window_shape, strides, padding, **options)
    # A whole exponent keeps x ** p and its derivatives finite at and below zero.
    exponent = int(norm_type) if float(norm_type).is_integer() else float(norm_type)
    powers = x.astype(accumulator(x.dtype)) ** exponent
    total = avg_pool(powers, window_shape, strides, padding, **options)
    total = total * math.prod(windows.window_shape)
    empty = total == 0
    root = jnp.where(empty, 1, total) ** (1 / float(norm_type))
    return jnp.where(empty, 0, root).astype(x.dtype)
