"""Inception v1 (GoogLeNet)."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from flax import nnx

from jaxcnn.functional._arguments import an_int
from jaxcnn.nn import MaxPool2d, Sequential

from ._blocks import Concatenation
from ._initializers import normal
from ._maker import Maker
from ._network import Network, input_shape

Widths = tuple[int, int, int, int, int, int]

STAGES: tuple[tuple[Widths, ...], ...] = (
    ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    (
        (192, 96, 208, 16, 48, 64),
        (160, 112, 224, 24, 64, 64),
        (128, 128, 256, 24, 64, 64),
        (112, 144, 288, 32, 64, 64),
        (256, 160, 320, 32, 128, 128),
    ),
    ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
)


class _Inception(Concatenation):
    """Four branches: 1x1; 1x1 and 3x3; 1x1 and 3x3; pool and 1x1."""

    def __init__(self, make: Maker, ins: int, widths: Widths) -> None:
        first, reduced3, second, reduced5, third, pooled = widths
        self.branch1 = _conv(make, ins, first, 1)
        self.branch2 = Sequential(
            _conv(make, ins, reduced3, 1), _conv(make, reduced3, second, 3, padding=1)
        )
        self.branch3 = Sequential(
            _conv(make, ins, reduced5, 1), _conv(make, reduced5, third, 3, padding=1)
        )
        self.branch4 = Sequential(MaxPool2d(3, 1, 1, ceil_mode=True), _conv(make, ins, pooled, 1))
        self.out_features = first + second + third + pooled

    def branches(self) -> Sequence[tuple[str, Any]]:
        return tuple((f"branch{n}", getattr(self, f"branch{n}")) for n in (1, 2, 3, 4))


def _conv(
    make: Maker, ins: int, outs: int, size: int, strides: int = 1, padding: int = 0
) -> Sequential:
    return Sequential(
        conv=make.conv(ins, outs, size, strides, padding), bn=make.norm(outs), relu=nnx.relu
    )


class InceptionV1(Network):
    """GoogLeNet: three stages of blocks with four branches, side by side.

    As in torchvision: batch normalisation after each convolution (epsilon 0.001), a 3x3 instead of
    the 5x5 convolution in the third branch, pools that round up, and no auxiliary heads, which
    serve training from scratch only. Layers have its names: ``features.inception3a``.

    Args:
        in_features: Channels of the images.
        num_classes: Number of classes.
        stem: Channels of the 7x7 and of the 3x3 convolution before the first stage.
        stages: For each stage, for each block, the channels of: branch 1; the 1x1 and the 3x3
            convolution of branch 2; the same of branch 3; branch 4.
        image_size: Height and width of the images, an int or a pair. Others can be computed too.
        dropout: Rate of the dropout before the dense layer; 0 leaves it out.
        dtype: Type of the computation; None infers it.
        param_dtype: Type of the parameters.
        rngs: Random streams; ``params`` and ``dropout`` are used.

    Raises:
        ValueError: A size is out of range, or a block has not six channel numbers.

    Source: C. Szegedy et al., *Going deeper with convolutions*, 2015, table 1; torchvision's
    ``googlenet``, for the differences above.

    >>> tiny = InceptionV1(stem=(4, 6), stages=[[(2, 2, 4, 2, 2, 2)]], num_classes=5, image_size=32,
    ...                    rngs=nnx.Rngs(0))
    >>> tiny(jnp.zeros((2, 32, 32, 3))).shape
    (2, 5)
    """

    def __init__(
        self,
        in_features: int = 3,
        num_classes: int = 1000,
        *,
        stem: tuple[int, int] = (64, 192),
        stages: Sequence[Sequence[Widths]] = STAGES,
        image_size: int | Sequence[int] = 224,
        dropout: float = 0.2,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        if not stages or not all(stages):
            raise ValueError(f"stages (={stages}) must have at least one block in each stage")
        start = normal(0.01)
        make = Maker(rngs, dtype, param_dtype, kernel_init=start, dense_init=start, epsilon=1e-3)
        narrow, channels = (an_int(f"stem[{i}]", n, 1) for i, n in enumerate(stem))
        layers: dict[str, Any] = {
            "conv1": _conv(make, in_features, narrow, 7, 2, 3),
            "maxpool1": MaxPool2d(3, 2, ceil_mode=True),
            "conv2": _conv(make, narrow, narrow, 1),
            "conv3": _conv(make, narrow, channels, 3, padding=1),
            "maxpool2": MaxPool2d(3, 2, ceil_mode=True),
        }
        for number, blocks in enumerate(stages, start=3):
            if number > 3:
                window = 2 if number == len(stages) + 2 else 3
                layers[f"maxpool{number - 1}"] = MaxPool2d(window, 2, ceil_mode=True)
            for letter, widths in zip("abcdefghijklmnopqrstuvwxyz", blocks, strict=False):
                if len(widths) != 6:
                    raise ValueError(f"stages (={widths}) must have six channel numbers per block")
                block = _Inception(make, channels, widths)
                layers[f"inception{number}{letter}"] = block
                channels = block.out_features
        super().__init__(
            Sequential(**layers),
            make.pooled_head(channels, num_classes, dropout),
            input_shape(image_size, in_features),
        )
