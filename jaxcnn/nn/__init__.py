"""Flax NNX layers, each a thin shell over one function of `jaxcnn.functional`.

Constructor names, initialisers and dtype policy are Flax's; the rank is part of the name, so an
int kernel size is never misread as one-dimensional::

    layer = jaxcnn.nn.Conv2d(3, 64, kernel_size=(3, 3), rngs=nnx.Rngs(0))
"""

from ._adaptive import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
    LpPool1d,
    LpPool2d,
    LpPool3d,
)
from ._containers import (
    Flatten,
    GlobalAvgPool,
    GlobalMaxPool,
    Sequential,
)
from ._conv import (
    Conv1d,
    Conv2d,
    Conv3d,
)
from ._conv_transpose import (
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
)
from ._dense import (
    Dropout,
    Linear,
)
from ._norm import (
    BatchNorm,
)
from ._pool import (
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
    MinPool1d,
    MinPool2d,
    MinPool3d,
)
from ._separable import (
    DepthwiseConv1d,
    DepthwiseConv2d,
    DepthwiseConv3d,
    SeparableConv1d,
    SeparableConv2d,
    SeparableConv3d,
)

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "BatchNorm",
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "DepthwiseConv1d",
    "DepthwiseConv2d",
    "DepthwiseConv3d",
    "Dropout",
    "Flatten",
    "GlobalAvgPool",
    "GlobalMaxPool",
    "Linear",
    "LpPool1d",
    "LpPool2d",
    "LpPool3d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "MinPool1d",
    "MinPool2d",
    "MinPool3d",
    "SeparableConv1d",
    "SeparableConv2d",
    "SeparableConv3d",
    "Sequential",
]
