"""Transposed convolution layers: shells around `jaxcnn.functional.conv_transpose`."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from flax.nnx.nn import dtypes

from jaxcnn import analysis, functional
from jaxcnn.functional._arguments import per_axis
from jaxcnn.functional._geometry import transposed_pairs

from ._conv import (
    Initializer,
    Ints,
    KernelLayer,
    Metadata,
    Padding,
    default_bias_init,
    default_kernel_init,
)


class ConvTranspose(KernelLayer):
    """A transposed convolution over ``rank`` spatial axes; see `ConvTranspose2d`."""

    def __init__(
        self,
        in_features: int,
        out_features: int,
        kernel_size: Ints,
        strides: Ints | None = 1,
        *,
        padding: Padding = 0,
        output_padding: Ints = 0,
        kernel_dilation: Ints | None = 1,
        feature_group_count: int = 1,
        use_bias: bool = True,
        mask: jax.Array | None = None,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        precision: jax.lax.PrecisionLike = None,
        kernel_init: Initializer = default_kernel_init,
        bias_init: Initializer = default_bias_init,
        promote_dtype: Callable[..., Any] = dtypes.promote_dtype,
        preferred_element_type: Any = None,
        rngs: nnx.Rngs,
        kernel_metadata: Metadata = MappingProxyType({}),
        bias_metadata: Metadata = MappingProxyType({}),
    ) -> None:
        super().__init__(
            in_features,
            out_features,
            kernel_size,
            strides,
            padding=padding,
            kernel_dilation=kernel_dilation,
            feature_group_count=feature_group_count,
            use_bias=use_bias,
            mask=mask,
            dtype=dtype,
            param_dtype=param_dtype,
            precision=precision,
            kernel_init=kernel_init,
            bias_init=bias_init,
            promote_dtype=promote_dtype,
            preferred_element_type=preferred_element_type,
            rngs=rngs,
            kernel_metadata=kernel_metadata,
            bias_metadata=bias_metadata,
        )
        self.output_padding = per_axis("output_padding", output_padding, self.rank, minimum=0)
        transposed_pairs(padding, self.kernel_size, self.strides, self.kernel_dilation)

    def __call__(self, x: jax.Array) -> jax.Array:
        """Convolves ``x``: ``(*batch, *spatial, in_features)``, any number of batch axes."""
        x, kernel, bias = self.operands(x)
        y = functional.conv_transpose(
            x,
            kernel,
            bias,
            strides=self.strides,
            padding=self.padding,
            output_padding=self.output_padding,
            kernel_dilation=self.kernel_dilation,
            feature_group_count=self.feature_group_count,
            precision=self.precision,
        )
        return self.result(y)

    def describe(self) -> analysis.Layer:
        """The layer as `jaxcnn.analysis` sees it."""
        return analysis.ConvTranspose(
            self.out_features,
            self.kernel_size,
            self.strides,
            self.padding,
            self.kernel_dilation,
            feature_group_count=self.feature_group_count,
            use_bias=self.use_bias,
            in_features=self.in_features,
            output_padding=self.output_padding,
        )


class ConvTranspose1d(ConvTranspose):
    """A transposed convolution along one axis, ``(*batch, length, channels)``; arguments as `ConvTranspose2d`.

    >>> layer = ConvTranspose1d(2, 4, 3, strides=2, rngs=nnx.Rngs(0))
    >>> layer(jnp.ones((1, 5, 2))).shape
    (1, 11, 4)
    """

    rank = 1


class ConvTranspose2d(ConvTranspose):
    """A transposed convolution of ``(*batch, height, width, channels)``, with PyTorch's semantics.

    Unlike Flax's layer, ``padding`` is that of the convolution it transposes, 0 by default, and
    the kernel is laid down unflipped.

    Args:
        in_features: Channels of the input.
        out_features: Channels of the output.
        kernel_size: Taps per spatial axis; an int counts for every axis.
        strides: Distance between two copies of the kernel.
        padding: What the transposed convolution pads, hence what is cropped from the full output;
            see `jaxcnn.functional.conv_transpose`.
        output_padding: Pixels added after the output.
        kernel_dilation: Distance between two taps.
        feature_group_count: Groups of channels convolved apart.
        use_bias, mask, dtype, param_dtype, precision: As in `Conv2d`.
        kernel_init, bias_init, promote_dtype, preferred_element_type: As in `Conv2d`.
        rngs, kernel_metadata, bias_metadata: As in `Conv2d`.

    Raises:
        ValueError: As `Conv2d`; or ``output_padding`` is not below the stride or the dilation.

    Source: PyTorch's ``ConvTranspose2d``; M. Zeiler et al., *Deconvolutional networks*, 2010.

    >>> layer = ConvTranspose2d(16, 8, 4, strides=2, padding=1, rngs=nnx.Rngs(0))
    >>> layer(jnp.ones((1, 7, 7, 16))).shape
    (1, 14, 14, 8)
    """

    rank = 2


class ConvTranspose3d(ConvTranspose):
    """A transposed convolution of ``(*batch, depth, height, width, channels)``; arguments as `ConvTranspose2d`.

    >>> layer = ConvTranspose3d(1, 2, 2, strides=2, rngs=nnx.Rngs(0))
    >>> layer(jnp.ones((1, 3, 3, 3, 1))).shape
    (1, 6, 6, 6, 2)
    """

    rank = 3
