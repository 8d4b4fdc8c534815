"""Makes the layers of one network, which share their types, initialisers and random streams."""

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flax import nnx

from jaxcnn import analysis
from jaxcnn.functional._arguments import an_int
from jaxcnn.nn import (
    BatchNorm,
    Conv1d,
    Conv2d,
    Conv3d,
    Dropout,
    Flatten,
    GlobalAvgPool,
    Linear,
    Sequential,
)
from jaxcnn.nn._containers import described

from ._initializers import Initializer, Keys, he_uniform, ones, zeros

_CONVS = (Conv1d, Conv2d, Conv3d)


@dataclass(frozen=True)
class Maker:
    """What the layers of a network share; the defaults of batch normalisation are PyTorch's.

    Attributes:
        rngs: Random streams.
        dtype, param_dtype: As in the layers.
        rank: Number of spatial axes.
        kernel_init: Initialiser of convolutions.
        dense_init, dense_bias_init: Initialisers of dense layers.
        epsilon, momentum, unbiased: Of batch normalisations.
    """

    rngs: nnx.Rngs
    dtype: Any
    param_dtype: Any
    rank: int = 2
    kernel_init: Initializer = he_uniform
    dense_init: Initializer = he_uniform
    dense_bias_init: Initializer = zeros
    epsilon: float = 1e-5
    momentum: float = 0.9
    unbiased: bool = True

    @functools.cached_property
    def types(self) -> dict[str, Any]:
        """Arguments of every layer with parameters."""
        return {"dtype": self.dtype, "param_dtype": self.param_dtype, "rngs": Keys(self.rngs)}

    def conv(
        self,
        ins: int,
        outs: int,
        size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: Any = "same",
        groups: int = 1,
        *,
        use_bias: bool = False,
    ) -> Any:
        """A convolution, without bias unless asked for."""
        return _CONVS[self.rank - 1](
            ins,
            outs,
            size,
            strides,
            padding=padding,
            feature_group_count=groups,
            use_bias=use_bias,
            kernel_init=self.kernel_init,
            bias_init=zeros,
            **self.types,
        )

    def norm(self, channels: int) -> BatchNorm:
        """A batch normalisation."""
        return BatchNorm(
            channels,
            epsilon=self.epsilon,
            momentum=self.momentum,
            unbiased=self.unbiased,
            scale_init=ones,
            bias_init=zeros,
            **self.types,
        )

    def conv_norm(
        self,
        ins: int,
        outs: int,
        size: int,
        strides: int = 1,
        groups: int = 1,
        *,
        padding: Any = None,
        activation: Any = None,
    ) -> Sequential:
        """Convolution, batch normalisation and, if given, an activation; padding as in PyTorch."""
        pixels = (size - 1) // 2 if padding is None else padding
        layers = (self.conv(ins, outs, size, strides, pixels, groups), self.norm(outs))
        return Sequential(*layers, *([] if activation is None else [activation]))

    def linear(self, ins: int, outs: int) -> Linear:
        """A dense layer."""
        return Linear(
            ins, outs, kernel_init=self.dense_init, bias_init=self.dense_bias_init, **self.types
        )

    def dropout(self, rate: float, **options: Any) -> Dropout:
        """A dropout."""
        return Dropout(rate, rngs=self.rngs, **options)

    def pooled_head(self, channels: int, num_classes: int, dropout: float = 0.0) -> Sequential:
        """Global average pooling, dropout unless its rate is 0, and a dense layer."""
        classes = an_int("num_classes", num_classes, 1)
        return Sequential(
            pool=GlobalAvgPool(),
            **({"dropout": self.dropout(dropout)} if dropout else {}),
            fc=self.linear(channels, classes),
        )

    def dense_head(
        self,
        features: Sequential,
        input_shape: tuple[int, ...],
        hidden: Sequence[int],
        num_classes: int,
        dropout: float = 0.0,
    ) -> Sequential:
        """Flattening and dense layers with ReLU and, unless its rate is 0, dropout between them."""
        chain = described([("features", features)])
        pixels = (
            Flatten().describe().output_shape(analysis.summary(chain, input_shape).output_shape)
        )
        layers: list[Any] = [Flatten()]
        sizes = [*pixels, *hidden, an_int("num_classes", num_classes, 1)]
        for position, (ins, outs) in enumerate(itertools.pairwise(sizes)):
            layers.append(self.linear(ins, outs))
            if position < len(hidden):
                layers.append(nnx.relu)
                layers.extend([self.dropout(dropout)] if dropout else [])
        return Sequential(*layers)
