"""EfficientNet-Lite0."""

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx

from jaxcnn.functional._arguments import an_int
from jaxcnn.nn import Sequential

from ._blocks import Residual
from ._initializers import drawn_normal, uniform
from ._maker import Maker
from ._network import Network, input_shape

BLOCKS = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)


class _MobileBlock(Residual):
    """An inverted residual block; in training, the whole block is dropped now and then."""

    def __init__(
        self,
        make: Maker,
        ins: int,
        outs: int,
        size: int,
        stride: int,
        expansion: int,
        drop_rate: float,
    ) -> None:
        inner = ins * expansion
        self.expands = expansion != 1
        self.adds = stride == 1 and ins == outs
        if self.expands:
            self.expand_conv = make.conv(ins, inner, 1)
            self.bn0 = make.norm(inner)
        self.depthwise_conv = make.conv(inner, inner, size, stride, groups=inner)
        self.bn1 = make.norm(inner)
        self.project_conv = make.conv(inner, outs, 1)
        self.bn2 = make.norm(outs)
        self.drops = self.adds and drop_rate > 0
        if self.drops:
            self.drop_connect = make.dropout(drop_rate, broadcast_dims=(1, 2, 3))

    def steps(self) -> Sequence[tuple[str, Any]]:
        steps: list[tuple[str, Any]] = []
        if self.expands:
            steps += [("expand_conv", self.expand_conv), ("bn0", self.bn0), ("relu0", nnx.relu6)]
        steps += [
            ("depthwise_conv", self.depthwise_conv),
            ("bn1", self.bn1),
            ("relu1", nnx.relu6),
            ("project_conv", self.project_conv),
            ("bn2", self.bn2),
        ]
        if self.drops:
            steps.append(("drop_connect", self.drop_connect))
        return steps

    def shortcut(self) -> tuple[str, Any] | None:
        return ("shortcut", None) if self.adds else None


class EfficientNetLite(Network):
    """EfficientNet-Lite0: inverted residual blocks, ReLU6, no squeeze and excitation.

    Convolutions with a stride are padded as in TensorFlow (``"same"``). Layers have the names of
    the PyTorch package ``efficientnet-lite-pytorch``, without their underscores:
    ``features.blocks.3``, inside ``depthwise_conv``.

    Args:
        in_features: Channels of the images.
        num_classes: Number of classes.
        blocks: For each stage (expansion, channels, number of blocks, stride of the first, kernel
            size of the depthwise convolution).
        stem: Channels of the first convolution.
        last: Channels of the last convolution.
        image_size: Height and width of the images, an int or a pair. Others can be computed too.
        dropout: Rate of the dropout before the dense layer; 0 leaves it out.
        drop_connect: In training, how often the last block's layers are skipped for an example;
            earlier blocks are skipped less, in proportion to their depth.
        dtype: Type of the computation; None infers it.
        param_dtype: Type of the parameters.
        rngs: Random streams; ``params`` and ``dropout`` are used.

    Raises:
        ValueError: A size is out of range, or a stage has not five numbers.

    Source: M. Tan, Q. Le, *EfficientNet: rethinking model scaling for convolutional neural
    networks*, 2019, table 1; R. Liu, *Higher accuracy on vision models with EfficientNet-Lite*,
    2020, for the differences; G. Huang et al., *Deep networks with stochastic depth*, 2016.

    >>> tiny = EfficientNetLite(blocks=((1, 8, 1, 1, 3), (2, 8, 2, 2, 5)), stem=8, last=16,
    ...                         num_classes=5, image_size=32, rngs=nnx.Rngs(0))
    >>> tiny(jnp.zeros((2, 32, 32, 3))).shape
    (2, 5)
    """

    def __init__(
        self,
        in_features: int = 3,
        num_classes: int = 1000,
        *,
        blocks: Sequence[tuple[int, int, int, int, int]] = BLOCKS,
        stem: int = 32,
        last: int = 1280,
        image_size: int | Sequence[int] = 224,
        dropout: float = 0.2,
        drop_connect: float = 0.2,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        make = Maker(
            rngs,
            dtype,
            param_dtype,
            kernel_init=_kernel_init,
            dense_init=uniform(max(1, num_classes) ** -0.5),
            epsilon=1e-3,
            momentum=0.99,
        )
        plan = _plan(blocks)
        channels = an_int("stem", stem, 1)
        first = (make.conv(in_features, channels, 3, 2), make.norm(channels))
        steps = []
        for position, (expansion, outs, stride, size) in enumerate(plan):
            rate = drop_connect * position / len(plan)
            steps.append(_MobileBlock(make, channels, outs, size, stride, expansion, rate))
            channels = outs
        features = Sequential(
            conv_stem=first[0],
            bn0=first[1],
            relu0=nnx.relu6,
            blocks=Sequential(*steps),
            conv_head=make.conv(channels, last, 1),
            bn1=make.norm(last),
            relu1=nnx.relu6,
        )
        head = make.pooled_head(last, num_classes, dropout)
        super().__init__(features, head, input_shape(image_size, in_features))


def _plan(blocks: Sequence[tuple[int, int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """For each block (expansion, channels, stride, kernel size)."""
    names = ("expansion", "channels", "number", "stride", "kernel size")
    plan = []
    for stage, block in enumerate(blocks):
        if len(block) != len(names):
            raise ValueError(f"blocks[{stage}] (={block}) must be ({', '.join(names)})")
        expansion, outs, count, stride, size = (
            an_int(f"{name} of blocks[{stage}]", n, 1) for name, n in zip(names, block, strict=True)
        )
        plan += [(expansion, outs, 1 if position else stride, size) for position in range(count)]
    return plan


def _kernel_init(key: jax.Array, shape: Sequence[int], dtype: Any) -> jax.Array:
    """Variance 2 / fan_out, where a depthwise convolution has one output per group."""
    outs = 1 if shape[-2] == 1 else shape[-1]
    return drawn_normal(key, shape, dtype, math.sqrt(2 / (math.prod(shape[:-2]) * outs)))
