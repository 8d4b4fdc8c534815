"""InceptionTime."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from flax import nnx

from jaxcnn.functional._arguments import an_int
from jaxcnn.nn import MaxPool1d, Sequential

from ._blocks import Concatenation, Residual
from ._maker import Maker
from ._network import Network, input_shape
from ._series import a_list, series_maker

MODULES_PER_BLOCK = 3


class _Convolutions(Concatenation):
    """Convolutions of several widths."""

    def __init__(self, make: Maker, ins: int, filters: int, kernel_sizes: Sequence[int]) -> None:
        self.convs = nnx.List([make.conv(ins, filters, size) for size in kernel_sizes])

    def branches(self) -> Sequence[tuple[str, Any]]:
        return tuple((str(position), conv) for position, conv in enumerate(self.convs))


class _Inception(Concatenation):
    """Wide convolutions on few channels, beside a pool with a 1x1 convolution."""

    def __init__(
        self, make: Maker, ins: int, filters: int, bottleneck: int, kernel_sizes: Sequence[int]
    ) -> None:
        squeeze = {"bottleneck": make.conv(ins, bottleneck, 1)} if ins > 1 else {}
        convs = _Convolutions(make, bottleneck if squeeze else ins, filters, kernel_sizes)
        self.wide = Sequential(**squeeze, convs=convs)
        self.pool = Sequential(pool=MaxPool1d(3, 1, "same"), conv=make.conv(ins, filters, 1))

    def branches(self) -> Sequence[tuple[str, Any]]:
        return (("wide", self.wide), ("pool", self.pool))


class _Block(Residual):
    """Three inception modules and a normalised projection."""

    activation = staticmethod(nnx.relu)

    def __init__(
        self, make: Maker, ins: int, filters: int, bottleneck: int, kernel_sizes: Sequence[int]
    ) -> None:
        outs = filters * (len(kernel_sizes) + 1)
        modules = [
            Sequential(
                inception=_Inception(
                    make, outs if position else ins, filters, bottleneck, kernel_sizes
                ),
                bn=make.norm(outs),
                relu=nnx.relu,
            )
            for position in range(MODULES_PER_BLOCK)
        ]
        self.inceptions = Sequential(*modules)
        self.projection = Sequential(conv=make.conv(ins, outs, 1), bn=make.norm(outs))

    def steps(self) -> Sequence[tuple[str, Any]]:
        return (("inceptions", self.inceptions),)

    def shortcut(self) -> tuple[str, Any]:
        return "projection", self.projection


class InceptionTime(Network):
    """Blocks of three inception modules with convolutions as wide as 40 steps.

    This is one network; the paper averages the predictions of five, trained from different seeds.

    Args:
        in_features, num_classes, length, dtype, param_dtype, rngs: As in `FCN`.
        filters: Channels of each convolution; a module has those of all its branches.
        bottleneck: Channels that the wide convolutions of multivariate input see.
        kernel_sizes: Taps of the wide convolutions of a module.
        blocks: Number of residual blocks.

    Raises:
        ValueError: A size is out of range.

    Source: H. Ismail Fawaz et al., *InceptionTime: finding AlexNet for time series classification*,
    2020, section 3.

    >>> tiny = InceptionTime(filters=4, kernel_sizes=(9, 5), blocks=1, rngs=nnx.Rngs(0))
    >>> tiny(jnp.zeros((3, 50, 1))).shape
    (3, 2)
    """

    rank = 1

    def __init__(
        self,
        in_features: int = 1,
        num_classes: int = 2,
        *,
        filters: int = 32,
        bottleneck: int = 32,
        kernel_sizes: Sequence[int] = (40, 20, 10),
        blocks: int = 2,
        length: int = 128,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        make = series_maker(rngs, dtype, param_dtype)
        kernel_sizes = a_list("kernel_sizes", kernel_sizes)
        outs = an_int("filters", filters, 1) * (len(kernel_sizes) + 1)
        steps = {
            f"block{number + 1}": _Block(
                make, outs if number else in_features, filters, bottleneck, kernel_sizes
            )
            for number in range(an_int("blocks", blocks, 1))
        }
        super().__init__(
            Sequential(**steps),
            make.pooled_head(outs, num_classes),
            input_shape(length, in_features, 1),
        )
