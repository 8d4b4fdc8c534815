"""Depthwise convolutions, and separable ones made of a depthwise and a 1x1 convolution."""

from typing import Any, ClassVar

import jax
from flax import nnx

from jaxcnn import analysis
from jaxcnn.functional._arguments import an_int

from ._conv import Conv, Conv1d, Conv2d, Conv3d, Ints, Padding


class DepthwiseConv(Conv):
    """A convolution that keeps channels apart; see `DepthwiseConv2d`."""

    def __init__(
        self,
        in_features: int,
        kernel_size: Ints,
        strides: Ints | None = 1,
        *,
        channel_multiplier: int = 1,
        rngs: nnx.Rngs,
        **options: Any,
    ) -> None:
        if "feature_group_count" in options:
            raise ValueError("feature_group_count must not be given: it is in_features here")
        multiplier = an_int("channel_multiplier", channel_multiplier, 1)
        super().__init__(
            in_features,
            an_int("in_features", in_features, 1) * multiplier,
            kernel_size,
            strides,
            feature_group_count=in_features,
            rngs=rngs,
            **options,
        )
        self.channel_multiplier = multiplier


class SeparableConv(nnx.Module):
    """A depthwise convolution, then a 1x1 convolution; see `SeparableConv2d`."""

    _parts: ClassVar[tuple[type[DepthwiseConv], type[Conv]]]

    def __init__(
        self,
        in_features: int,
        out_features: int,
        kernel_size: Ints,
        strides: Ints | None = 1,
        *,
        channel_multiplier: int = 1,
        padding: Padding = "same",
        padding_mode: str = "zeros",
        input_dilation: Ints | None = 1,
        kernel_dilation: Ints | None = 1,
        use_bias: bool = True,
        rngs: nnx.Rngs,
        **options: Any,
    ) -> None:
        depthwise, pointwise = self._parts
        self.depthwise = depthwise(
            in_features,
            kernel_size,
            strides,
            channel_multiplier=channel_multiplier,
            padding=padding,
            padding_mode=padding_mode,
            input_dilation=input_dilation,
            kernel_dilation=kernel_dilation,
            use_bias=False,
            rngs=rngs,
            **options,
        )
        self.pointwise = pointwise(
            self.depthwise.out_features, out_features, 1, use_bias=use_bias, rngs=rngs, **options
        )

    def __call__(self, x: jax.Array) -> jax.Array:
        """Convolves ``x``: ``(*batch, *spatial, in_features)``, any number of batch axes."""
        return self.pointwise(self.depthwise(x))

    def describe(self) -> analysis.Layer:
        """The two layers as `jaxcnn.analysis` sees them."""
        return analysis.as_layers([self.depthwise, self.pointwise])


class DepthwiseConv1d(DepthwiseConv):
    """A depthwise convolution of ``(*batch, length, channels)``; arguments as `DepthwiseConv2d`.

    >>> layer = DepthwiseConv1d(1, 3, kernel_init=nnx.initializers.ones, rngs=nnx.Rngs(0))
    >>> layer(jnp.arange(1.0, 6.0).reshape(1, 5, 1)).ravel().tolist()
    [3.0, 6.0, 9.0, 12.0, 9.0]
    """

    rank = 1


class DepthwiseConv2d(DepthwiseConv):
    """A convolution of each channel of ``(*batch, height, width, channels)`` with its own filters.

    Args:
        in_features: Channels of the input.
        kernel_size: Taps per spatial axis; an int counts for every axis.
        strides: Steps of the kernel per axis.
        channel_multiplier: Filters per channel: there are ``in_features * channel_multiplier``
            output channels, those of one input channel side by side.
        rngs: Random streams; ``params`` is used.
        **options: The other arguments of `Conv2d`, except ``feature_group_count``.

    Raises:
        ValueError: As `Conv2d`.

    Source: A. Howard et al., *MobileNets*, 2017, section 3.1.

    >>> layer = DepthwiseConv2d(8, 3, channel_multiplier=2, rngs=nnx.Rngs(0))
    >>> layer.kernel.shape
    (3, 3, 1, 16)
    """

    rank = 2


class DepthwiseConv3d(DepthwiseConv):
    """A depthwise convolution over three spatial axes; arguments as `DepthwiseConv2d`.

    >>> options = {"kernel_init": nnx.initializers.ones, "rngs": nnx.Rngs(0)}
    >>> DepthwiseConv3d(2, 3, padding="valid", **options)(jnp.ones((1, 3, 3, 3, 2))).ravel().tolist()
    [27.0, 27.0]
    """

    rank = 3


class SeparableConv1d(SeparableConv):
    """A separable convolution of ``(*batch, length, channels)``; arguments as `SeparableConv2d`.

    >>> layer = SeparableConv1d(2, 3, 3, kernel_init=nnx.initializers.ones, rngs=nnx.Rngs(0))
    >>> layer(jnp.ones((1, 3, 2)))[0].tolist()
    [[4.0, 4.0, 4.0], [6.0, 6.0, 6.0], [4.0, 4.0, 4.0]]
    """

    _parts = (DepthwiseConv1d, Conv1d)


class SeparableConv2d(SeparableConv):
    """A depthwise convolution without bias, then a 1x1 convolution that mixes the channels.

    Maps ``(*batch, height, width, in_features)`` to ``(*batch, *out, out_features)``.

    Args:
        in_features: Channels of the input.
        out_features: Channels of the output.
        kernel_size: Taps of the depthwise step.
        strides: Steps of the depthwise kernel.
        channel_multiplier: Filters per channel of the depthwise step.
        padding, padding_mode, input_dilation, kernel_dilation: Of the depthwise step, as in `Conv2d`.
        use_bias: Whether the 1x1 convolution adds a bias.
        rngs: Random streams; ``params`` is used.
        **options: Arguments of `Conv2d` for both steps: ``dtype``, ``param_dtype``,
            ``precision``, ``kernel_init``...

    Raises:
        ValueError: As `Conv2d`.

    Source: F. Chollet, *Xception: deep learning with depthwise separable convolutions*, 2017.

    >>> layer = SeparableConv2d(8, 16, 3, rngs=nnx.Rngs(0))
    >>> layer.depthwise.kernel.shape, layer.pointwise.kernel.shape
    ((3, 3, 1, 8), (1, 1, 8, 16))
    """

    _parts = (DepthwiseConv2d, Conv2d)


class SeparableConv3d(SeparableConv):
    """A separable convolution over three spatial axes; arguments as `SeparableConv2d`.

    >>> options = {"kernel_init": nnx.initializers.ones, "rngs": nnx.Rngs(0)}
    >>> SeparableConv3d(2, 4, 3, strides=2, **options)(jnp.ones((1, 4, 4, 4, 2))).shape
    (1, 2, 2, 2, 4)
    """

    _parts = (DepthwiseConv3d, Conv3d)
