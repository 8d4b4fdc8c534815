"""Networks for time series: FCN and a residual network; what they share with InceptionTime.

As their authors built them with Keras: Glorot's initialiser, batch normalisation with epsilon 0.001
and momentum 0.99, "same" padding, and any length that the layers can be computed on.
"""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from flax import nnx

from jaxcnn.functional._arguments import an_int
from jaxcnn.nn import Sequential

from ._blocks import Residual
from ._initializers import glorot_uniform
from ._maker import Maker
from ._network import Network, input_shape


def series_maker(rngs: nnx.Rngs, dtype: Any, param_dtype: Any) -> Maker:
    """Layers of one axis with Keras's defaults."""
    return Maker(
        rngs,
        dtype,
        param_dtype,
        rank=1,
        kernel_init=glorot_uniform,
        dense_init=glorot_uniform,
        epsilon=1e-3,
        momentum=0.99,
        unbiased=False,
    )


def a_list(name: str, values: Sequence[int]) -> list[int]:
    """At least one int of at least 1."""
    if not values:
        raise ValueError(f"{name} (={values!r}) must have at least one entry")
    return [an_int(f"{name}[{i}]", value, 1) for i, value in enumerate(values)]


class FCN(Network):
    """A fully convolutional network: three convolutions, global average pooling.

    Args:
        in_features: Channels of the series, 1 when univariate.
        num_classes: Number of classes.
        filters: Channels of each convolution.
        kernel_sizes: Taps of each convolution.
        length: Length of the series. Others can be computed too.
        dtype: Type of the computation; None infers it.
        param_dtype: Type of the parameters.
        rngs: Random streams; ``params`` is used.

    Raises:
        ValueError: A size is out of range, or there is not one kernel size per convolution.

    Source: Z. Wang, W. Yan, T. Oates, *Time series classification from scratch with deep neural
    networks*, 2017, section II.B.

    >>> FCN(filters=(4, 8), kernel_sizes=(8, 3), rngs=nnx.Rngs(0))(jnp.zeros((3, 50, 1))).shape
    (3, 2)
    """

    rank = 1

    def __init__(
        self,
        in_features: int = 1,
        num_classes: int = 2,
        *,
        filters: Sequence[int] = (128, 256, 128),
        kernel_sizes: Sequence[int] = (8, 5, 3),
        length: int = 128,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        make = series_maker(rngs, dtype, param_dtype)
        if len(filters) != len(kernel_sizes):
            raise ValueError(
                f"kernel_sizes (={tuple(kernel_sizes)}) must have one entry for each of filters "
                f"(={tuple(filters)})"
            )
        layers: dict[str, Any] = {}
        ins = in_features
        for number, outs in enumerate(a_list("filters", filters), start=1):
            layers[f"conv{number}"] = make.conv(ins, outs, kernel_sizes[number - 1], use_bias=True)
            layers[f"bn{number}"] = make.norm(outs)
            layers[f"relu{number}"] = nnx.relu
            ins = outs
        super().__init__(
            Sequential(**layers),
            make.pooled_head(ins, num_classes),
            input_shape(length, in_features, 1),
        )


class _SeriesBlock(Residual):
    """Three convolutions; the shortcut is normalised too."""

    activation = staticmethod(nnx.relu)

    def __init__(self, make: Maker, ins: int, outs: int, kernel_sizes: Sequence[int]) -> None:
        layers: dict[str, Any] = {}
        channels = ins
        for number, size in enumerate(kernel_sizes, start=1):
            layers[f"conv{number}"] = make.conv(channels, outs, size, use_bias=True)
            layers[f"bn{number}"] = make.norm(outs)
            if number < len(kernel_sizes):
                layers[f"relu{number}"] = nnx.relu
            channels = outs
        self.main = Sequential(**layers)
        project = {} if ins == outs else {"conv": make.conv(ins, outs, 1, use_bias=True)}
        self.beside = Sequential(**project, bn=make.norm(outs))

    def steps(self) -> Sequence[tuple[str, Any]]:
        return (("main", self.main),)

    def shortcut(self) -> tuple[str, Any]:
        return "beside", self.beside


class ResNet1d(Network):
    """A residual network for series: blocks of three convolutions, global average pooling.

    Args:
        in_features, num_classes, length, dtype, param_dtype, rngs: As in `FCN`.
        filters: Channels of each block.
        kernel_sizes: Taps of the convolutions in each block.

    Raises:
        ValueError: A size is out of range.

    Source: Z. Wang, W. Yan, T. Oates, *Time series classification from scratch with deep neural
    networks*, 2017, section II.C; 128 channels in the third block as in H. Ismail Fawaz et al.,
    *Deep learning for time series classification: a review*, 2019.

    >>> ResNet1d(filters=(4, 8), rngs=nnx.Rngs(0))(jnp.zeros((3, 50, 1))).shape
    (3, 2)
    """

    rank = 1

    def __init__(
        self,
        in_features: int = 1,
        num_classes: int = 2,
        *,
        filters: Sequence[int] = (64, 128, 128),
        kernel_sizes: Sequence[int] = (8, 5, 3),
        length: int = 128,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        make = series_maker(rngs, dtype, param_dtype)
        kernel_sizes = a_list("kernel_sizes", kernel_sizes)
        blocks: dict[str, Any] = {}
        ins = in_features
        for number, outs in enumerate(a_list("filters", filters), start=1):
            blocks[f"block{number}"] = _SeriesBlock(make, ins, outs, kernel_sizes)
            ins = outs
        super().__init__(
            Sequential(**blocks),
            make.pooled_head(ins, num_classes),
            input_shape(length, in_features, 1),
        )
