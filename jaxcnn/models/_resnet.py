"""Residual networks: ResNet, ResNeXt, and small ones for small images."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from flax import nnx

from jaxcnn.functional._arguments import a_choice, an_int
from jaxcnn.nn import MaxPool2d, Sequential

from ._blocks import Residual
from ._initializers import he_normal, uniform
from ._maker import Maker
from ._network import Network, input_shape


class _Block(Residual):
    """A block of a ResNet; its projection is PyTorch's ``downsample``."""

    activation = staticmethod(nnx.relu)
    downsample: Sequential | None

    def shortcut(self) -> tuple[str, Any]:
        return "downsample", self.downsample


class _Basic(_Block):
    """Two 3x3 convolutions; the first one has the stride."""

    expansion = 1

    def __init__(self, make: Maker, ins: int, width: int, stride: int, groups: int, _: int) -> None:
        if groups != 1:
            raise ValueError(f"groups (={groups}) must be 1 for block 'basic'")
        self.conv1 = make.conv(ins, width, 3, stride, 1)
        self.bn1 = make.norm(width)
        self.conv2 = make.conv(width, width, 3, 1, 1)
        self.bn2 = make.norm(width)
        self.downsample = _projection(make, ins, width, stride)

    def steps(self) -> Sequence[tuple[str, Any]]:
        return (
            ("conv1", self.conv1),
            ("bn1", self.bn1),
            ("relu", nnx.relu),
            ("conv2", self.conv2),
            ("bn2", self.bn2),
        )


class _Bottleneck(_Block):
    """1x1, 3x3 and 1x1 convolutions; the 3x3 one has the stride and the groups, as in PyTorch."""

    expansion = 4

    def __init__(
        self, make: Maker, ins: int, width: int, stride: int, groups: int, width_per_group: int
    ) -> None:
        inner, outs = width * width_per_group // 64 * groups, width * self.expansion
        self.conv1 = make.conv(ins, inner, 1)
        self.bn1 = make.norm(inner)
        self.conv2 = make.conv(inner, inner, 3, stride, 1, groups)
        self.bn2 = make.norm(inner)
        self.conv3 = make.conv(inner, outs, 1)
        self.bn3 = make.norm(outs)
        self.downsample = _projection(make, ins, outs, stride)

    def steps(self) -> Sequence[tuple[str, Any]]:
        return (
            ("conv1", self.conv1),
            ("bn1", self.bn1),
            ("relu1", nnx.relu),
            ("conv2", self.conv2),
            ("bn2", self.bn2),
            ("relu2", nnx.relu),
            ("conv3", self.conv3),
            ("bn3", self.bn3),
        )


_BLOCKS = {"basic": _Basic, "bottleneck": _Bottleneck}


def _projection(make: Maker, ins: int, outs: int, stride: int) -> Sequential | None:
    return make.conv_norm(ins, outs, 1, stride) if stride > 1 or ins != outs else None


class ResNet(Network):
    """A stem, stages of residual blocks, each but the first halving the map, and one dense layer.

    Layers have PyTorch's names: ``features.conv1``, ``features.layer3.1``, ``classifier.fc``.

    Args:
        in_features: Channels of the images.
        num_classes: Number of classes.
        layers: Number of blocks in each stage; the default is ResNet18.
        widths: Channels of the 3x3 convolutions in each stage.
        block: ``"basic"``, two 3x3 convolutions, or ``"bottleneck"``, whose output has four times
            the width.
        stem: ``"imagenet"``, a 7x7 convolution and a pool that leave a quarter of the size, or
            ``"cifar"``, a 3x3 convolution that keeps it.
        groups: Groups of the 3x3 convolution of a bottleneck.
        width_per_group: Channels of each group in a stage of width 64.
        image_size: Height and width of the images, an int or a pair. Others of at least one pixel
            can be computed too.
        dtype: Type of the computation; None infers it.
        param_dtype: Type of the parameters.
        rngs: Random streams; ``params`` is used.

    Raises:
        ValueError: A size is out of range, there is not one width per stage, or a name is unknown.

    Source: K. He et al., *Deep residual learning for image recognition*, 2016, table 1 and, for
    small images, section 4.2; the stride in the 3x3 convolution as in PyTorch; S. Xie et al.,
    *Aggregated residual transformations for deep neural networks*, 2017, for the groups.

    >>> tiny = ResNet(layers=(1, 1), widths=(4, 8), stem="cifar", image_size=32, num_classes=5,
    ...               rngs=nnx.Rngs(0))
    >>> tiny(jnp.zeros((2, 32, 32, 3))).shape
    (2, 5)
    """

    def __init__(
        self,
        in_features: int = 3,
        num_classes: int = 1000,
        *,
        layers: Sequence[int] = (2, 2, 2, 2),
        widths: Sequence[int] = (64, 128, 256, 512),
        block: str = "basic",
        stem: str = "imagenet",
        groups: int = 1,
        width_per_group: int = 64,
        image_size: int | Sequence[int] = 224,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        if len(layers) != len(widths) or not layers:
            raise ValueError(
                f"widths (={tuple(widths)}) must have one entry per stage of layers (={tuple(layers)})"
            )
        build = _BLOCKS[a_choice("block", block, tuple(_BLOCKS))]
        channels = an_int("widths[0]", widths[0], 1)
        dense = uniform((widths[-1] * build.expansion) ** -0.5)
        make = Maker(
            rngs,
            dtype,
            param_dtype,
            kernel_init=he_normal,
            dense_init=dense,
            dense_bias_init=dense,
        )
        steps = _stem(make, in_features, channels, stem)
        for stage, (count, width) in enumerate(zip(layers, widths, strict=True)):
            blocks = []
            for position in range(an_int(f"layers[{stage}]", count, 1)):
                stride = 2 if stage and not position else 1
                blocks.append(build(make, channels, width, stride, groups, width_per_group))
                channels = width * build.expansion
            steps[f"layer{stage + 1}"] = Sequential(*blocks)
        super().__init__(
            Sequential(**steps),
            make.pooled_head(channels, num_classes),
            input_shape(image_size, in_features),
        )


def _stem(make: Maker, in_features: int, channels: int, kind: str) -> dict[str, Any]:
    if a_choice("stem", kind, ("imagenet", "cifar")) == "cifar":
        first: dict[str, Any] = {"conv1": make.conv(in_features, channels, 3, 1, 1)}
        return {**first, "bn1": make.norm(channels), "relu": nnx.relu}
    return {
        "conv1": make.conv(in_features, channels, 7, 2, 3),
        "bn1": make.norm(channels),
        "relu": nnx.relu,
        "maxpool": MaxPool2d(3, 2, 1),
    }
