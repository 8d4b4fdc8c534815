"""MobileNetV2."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from flax import nnx

from jaxcnn.functional._arguments import an_int
from jaxcnn.nn import Sequential

from ._blocks import Residual
from ._initializers import he_normal, normal
from ._maker import Maker
from ._network import Network, input_shape

BLOCKS = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


class _InvertedResidual(Residual):
    """1x1 convolution to more channels, 3x3 depthwise, 1x1 to few, without a final activation."""

    def __init__(self, make: Maker, ins: int, outs: int, stride: int, expansion: int) -> None:
        inner = ins * expansion
        relu6 = nnx.relu6
        expand = [] if expansion == 1 else [make.conv_norm(ins, inner, 1, activation=relu6)]
        self.conv = Sequential(
            *expand,
            make.conv_norm(inner, inner, 3, stride, inner, activation=relu6),
            make.conv(inner, outs, 1),
            make.norm(outs),
        )
        self.adds = stride == 1 and ins == outs

    def steps(self) -> Sequence[tuple[str, Any]]:
        return (("conv", self.conv),)

    def shortcut(self) -> tuple[str, Any] | None:
        return ("shortcut", None) if self.adds else None


class MobileNetV2(Network):
    """Inverted residual blocks with depthwise convolutions, for phones.

    Layers have torchvision's names: ``features.3`` is the fourth of its steps, and inside a block
    ``features.3.conv.1.0`` is the depthwise convolution.

    Args:
        in_features: Channels of the images.
        num_classes: Number of classes.
        width: Factor of all channel numbers, which are rounded to multiples of 8.
        blocks: For each stage (expansion, channels, number of blocks, stride of the first).
        stem: Channels of the first convolution.
        last: Channels of the last convolution; a ``width`` below 1 leaves it as it is.
        image_size: Height and width of the images, an int or a pair. Others can be computed too.
        dropout: Rate of the dropout before the dense layer; 0 leaves it out.
        dtype: Type of the computation; None infers it.
        param_dtype: Type of the parameters.
        rngs: Random streams; ``params`` and ``dropout`` are used.

    Raises:
        ValueError: A size is out of range, or a stage has not four numbers.

    Source: M. Sandler et al., *MobileNetV2: inverted residuals and linear bottlenecks*, 2018, table
    2; torchvision's ``mobilenet_v2``, for the names and the rounding.

    >>> tiny = MobileNetV2(blocks=((1, 8, 1, 1), (2, 8, 2, 2)), stem=8, last=16, num_classes=5,
    ...                    image_size=32, rngs=nnx.Rngs(0))
    >>> tiny(jnp.zeros((2, 32, 32, 3))).shape
    (2, 5)
    """

    def __init__(
        self,
        in_features: int = 3,
        num_classes: int = 1000,
        *,
        width: float = 1.0,
        blocks: Sequence[tuple[int, int, int, int]] = BLOCKS,
        stem: int = 32,
        last: int = 1280,
        image_size: int | Sequence[int] = 224,
        dropout: float = 0.2,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        if not width > 0:
            raise ValueError(f"width (={width}) must be positive")
        make = Maker(rngs, dtype, param_dtype, kernel_init=he_normal, dense_init=normal(0.01))
        channels = rounded(an_int("stem", stem, 1) * width)
        relu6 = nnx.relu6
        steps: list[Any] = [make.conv_norm(in_features, channels, 3, 2, activation=relu6)]
        for stage, block in enumerate(blocks):
            if len(block) != 4:
                raise ValueError(
                    f"blocks[{stage}] (={block}) must be (expansion, channels, number, stride)"
                )
            names = ("expansion", "channels", "number", "stride")
            expansion, outs, count, stride = (
                an_int(f"{name} of blocks[{stage}]", n, 1)
                for name, n in zip(names, block, strict=True)
            )
            outs = rounded(outs * width)
            for position in range(count):
                step = 1 if position else stride
                steps.append(_InvertedResidual(make, channels, outs, step, expansion))
                channels = outs
        widest = rounded(last * max(1.0, width))
        steps.append(make.conv_norm(channels, widest, 1, activation=relu6))
        super().__init__(
            Sequential(*steps),
            make.pooled_head(widest, num_classes, dropout),
            input_shape(image_size, in_features),
        )


def rounded(channels: float) -> int:
    """The nearest multiple of 8, but no less than 9/10 of ``channels``."""
    result = max(8, int(channels + 4) // 8 * 8)
    return result if result >= 0.9 * channels else result + 8
