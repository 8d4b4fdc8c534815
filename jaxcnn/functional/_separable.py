"""Depthwise and separable convolution: `conv` with one group per channel."""

from collections.abc import Sequence

import jax
from jax import lax

from jaxcnn.functional._arguments import a_float_array
from jaxcnn.functional._conv import conv, conv_operands
from jaxcnn.functional._padding import Padding

Ints = int | Sequence[int]


def depthwise_conv(
    x: jax.Array,
    kernel: jax.Array,
    bias: jax.Array | None = None,
    *,
    strides: Ints = 1,
    padding: Padding = "same",
    padding_mode: str = "zeros",
    kernel_dilation: Ints = 1,
    flip: bool = False,
    precision: lax.PrecisionLike = None,
) -> jax.Array:
    """Convolve every channel with its own filters, without mixing channels.

    Args:
        x: ``(*batch, *spatial, channels)``.
        kernel: ``(*kernel_size, 1, channels * multiplier)``; outputs ``m * multiplier`` to
            ``(m + 1) * multiplier - 1`` belong to channel ``m``.
        bias: ``(channels * multiplier,)``, or None.
        strides: As in `conv`.
        padding: As in `conv`.
        padding_mode: As in `conv`.
        kernel_dilation: As in `conv`.
        flip: As in `conv`.
        precision: As in `conv`.

    Returns:
        ``(*batch, *out, channels * multiplier)`` with the dtype of ``x``.

    Raises:
        ValueError: As `conv`.

    Source: Howard et al., *MobileNets*, 2017, section 3.1.

    >>> depthwise_conv(jnp.ones((1, 5, 5, 3)), jnp.ones((3, 3, 1, 6)), padding="valid").shape
    (1, 3, 3, 6)
    """
    x, kernel, _ = conv_operands(x, kernel, bias)
    channels = x.shape[-1]
    if kernel.shape[-2] != 1 or kernel.shape[-1] % channels:
        raise ValueError(
            f"kernel has shape {kernel.shape}, but a depthwise one must be (*kernel_size, 1, "
            f"channels * multiplier) for the {channels} channels of x"
        )
    return conv(
        x,
        kernel,
        bias,
        strides=strides,
        padding=padding,
        padding_mode=padding_mode,
        kernel_dilation=kernel_dilation,
        feature_group_count=channels,
        flip=flip,
        precision=precision,
    )


def separable_conv(
    x: jax.Array,
    depthwise_kernel: jax.Array,
    pointwise_kernel: jax.Array,
    bias: jax.Array | None = None,
    *,
    strides: Ints = 1,
    padding: Padding = "same",
    padding_mode: str = "zeros",
    kernel_dilation: Ints = 1,
    flip: bool = False,
    precision: lax.PrecisionLike = None,
) -> jax.Array:
    """Convolve every channel on its own, then mix the channels pixel by pixel.

    Args:
        x: ``(*batch, *spatial, channels)``.
        depthwise_kernel: ``(*kernel_size, 1, channels * multiplier)``, see `depthwise_conv`.
        pointwise_kernel: ``(1, ..., 1, channels * multiplier, features)``.
        bias: ``(features,)``, or None.
        strides: Of the depthwise step, as in `conv`.
        padding: Of the depthwise step, as in `conv`.
        padding_mode: Of the depthwise step, as in `conv`.
        kernel_dilation: Of the depthwise step, as in `conv`.
        flip: As in `conv`.
        precision: As in `conv`.

    Returns:
        ``(*batch, *out, features)`` with the dtype of ``x``.

    Raises:
        ValueError: As `conv`, or a pointwise kernel that spans more than one pixel.

    Source: Chollet, *Xception: deep learning with depthwise separable convolutions*, 2017.

    >>> depthwise, pointwise = jnp.ones((3, 3, 1, 3)), jnp.ones((1, 1, 3, 8))
    >>> separable_conv(jnp.ones((1, 5, 5, 3)), depthwise, pointwise).shape
    (1, 5, 5, 8)
    """
    pointwise = a_float_array("pointwise_kernel", pointwise_kernel)
    rank = a_float_array("depthwise_kernel", depthwise_kernel).ndim - 2
    if pointwise.ndim != rank + 2 or set(pointwise.shape[:-2]) != {1}:
        raise ValueError(
            f"pointwise_kernel has shape {pointwise.shape}, but must span one pixel: "
            f"{(*(1,) * rank, 'channels * multiplier', 'features')}"
        )
    mixed = depthwise_conv(
        x,
        depthwise_kernel,
        strides=strides,
        padding=padding,
        padding_mode=padding_mode,
        kernel_dilation=kernel_dilation,
        flip=flip,
        precision=precision,
    )
    return conv(mixed, pointwise, bias, padding="valid", precision=precision)
