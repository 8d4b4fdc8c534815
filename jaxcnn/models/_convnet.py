"""Plain networks that alternate convolutions and pools: for small images, series and videos."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from flax import nnx

from jaxcnn.functional._arguments import an_int
from jaxcnn.nn import MaxPool1d, MaxPool2d, MaxPool3d, Sequential

from ._maker import Maker
from ._network import Network, input_shape

_POOLS = (MaxPool1d, MaxPool2d, MaxPool3d)


class CifarConvNet(Network):
    """Convolutions of 32, 64 and 64 channels, a halving after the first two, two dense layers.

    Args:
        in_features: Channels of the images.
        num_classes: Number of classes.
        widths: Channels of each 3x3 convolution; the last one is not followed by a pool.
        hidden: Units of the hidden dense layers.
        image_size: Height and width of the images, an int or a pair.
        dtype: Type of the computation; None infers it.
        param_dtype: Type of the parameters.
        rngs: Random streams; ``params`` is used.

    Raises:
        ValueError: A size is out of range, or the pools shrink the image below one pixel.

    Source: after the tutorial *Convolutional neural network* of TensorFlow, with "same" padding.

    >>> CifarConvNet(widths=(4, 8), hidden=(16,), rngs=nnx.Rngs(0))(jnp.zeros((2, 32, 32, 3))).shape
    (2, 10)
    """

    def __init__(
        self,
        in_features: int = 3,
        num_classes: int = 10,
        *,
        widths: Sequence[int] = (32, 64, 64),
        hidden: Sequence[int] = (64,),
        image_size: int | Sequence[int] = 32,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        make = Maker(rngs, dtype, param_dtype)
        layers = _alternating(make, in_features, widths, 3, norm=False)
        del layers[f"pool{len(widths)}"]
        features = Sequential(**layers)
        shape = input_shape(image_size, in_features)
        head = make.dense_head(features, shape, hidden, num_classes)
        super().__init__(features, head, shape)


class ConvNet1d(Network):
    """Convolutions and pools in turn along a series, then global average pooling.

    Args:
        in_features: Channels of the series, 1 when univariate.
        num_classes: Number of classes.
        widths: Channels of each convolution.
        kernel_size: Taps of each convolution.
        length: Length of the series. Others that can be halved as often can be computed too.
        dtype: Type of the computation; None infers it.
        param_dtype: Type of the parameters.
        rngs: Random streams; ``params`` is used.

    Raises:
        ValueError: A size is out of range, or the pools shrink the series below one step.

    Source: the alternation of B. Zhao et al., *Convolutional neural networks for time series
    classification*, 2017, with ReLU and maxima.

    >>> ConvNet1d(widths=(4, 8), rngs=nnx.Rngs(0))(jnp.zeros((3, 50, 1))).shape
    (3, 2)
    """

    rank = 1

    def __init__(
        self,
        in_features: int = 1,
        num_classes: int = 2,
        *,
        widths: Sequence[int] = (32, 64, 128),
        kernel_size: int = 7,
        length: int = 128,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        make = Maker(rngs, dtype, param_dtype, rank=1)
        features = _alternating(make, in_features, widths, kernel_size, norm=False)
        super().__init__(
            Sequential(**features),
            make.pooled_head(widths[-1], num_classes),
            input_shape(length, in_features, 1),
        )


class ConvNet3d(Network):
    """3x3x3 convolutions and halvings of time and space in turn, then global average pooling.

    Args:
        in_features: Channels of a frame.
        num_classes: Number of classes.
        widths: Channels of each convolution, which is followed by a batch normalisation.
        video_size: Frames, height and width, an int or a triple. Others that can be halved as often
            can be computed too.
        dtype: Type of the computation; None infers it.
        param_dtype: Type of the parameters.
        rngs: Random streams; ``params`` is used.

    Raises:
        ValueError: A size is out of range, or the pools shrink the video below one pixel.

    Source: a small one after D. Tran et al., *Learning spatiotemporal features with 3D
    convolutional networks*, 2015.

    >>> model = ConvNet3d(widths=(4, 8), video_size=(4, 8, 8), rngs=nnx.Rngs(0))
    >>> model(jnp.zeros((2, 4, 8, 8, 1))).shape
    (2, 10)
    """

    rank = 3

    def __init__(
        self,
        in_features: int = 1,
        num_classes: int = 10,
        *,
        widths: Sequence[int] = (16, 32, 64),
        video_size: int | Sequence[int] = (16, 32, 32),
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        make = Maker(rngs, dtype, param_dtype, rank=3)
        features = _alternating(make, in_features, widths, 3, norm=True)
        super().__init__(
            Sequential(**features),
            make.pooled_head(widths[-1], num_classes),
            input_shape(video_size, in_features, 3),
        )


def _alternating(
    make: Maker, ins: int, widths: Sequence[int], size: int, *, norm: bool
) -> dict[str, Any]:
    """Layers ``conv1, relu1, pool1, conv2...``, with ``bn1...`` if asked for."""
    if not widths:
        raise ValueError(f"widths (={widths!r}) must have at least one entry")
    layers: dict[str, Any] = {}
    for number, outs in enumerate(widths, start=1):
        an_int(f"widths[{number - 1}]", outs, 1)
        layers[f"conv{number}"] = make.conv(ins, outs, size, use_bias=not norm)
        if norm:
            layers[f"bn{number}"] = make.norm(outs)
        layers[f"relu{number}"] = nnx.relu
        layers[f"pool{number}"] = _POOLS[make.rank - 1](2)
        ins = outs
    return layers
