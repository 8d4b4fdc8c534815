"""VGG networks, with and without batch normalisation."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from flax import nnx

from jaxcnn.functional._arguments import an_int
from jaxcnn.nn import MaxPool2d, Sequential

from ._maker import Maker
from ._network import Network, input_shape

Blocks = Sequence[tuple[int, int]]


class VGG(Network):
    """Blocks of 3x3 convolutions, each followed by a halving, then a fully connected head.

    Args:
        in_features: Channels of the images.
        num_classes: Number of classes.
        blocks: For each block (channels, number of convolutions); the default is VGG16.
        hidden: Units of the hidden dense layers.
        image_size: Height and width of the images, an int or a pair.
        batch_norm: Whether a batch normalisation follows each convolution.
        dropout: Rate of the dropout after each hidden dense layer; 0 leaves it out.
        dtype: Type of the computation; None infers it.
        param_dtype: Type of the parameters.
        rngs: Random streams; ``params`` and ``dropout`` are used.

    Raises:
        ValueError: A size is out of range, or the pools shrink the image below one pixel.

    Source: K. Simonyan, A. Zisserman, *Very deep convolutional networks for large-scale image
    recognition*, 2015, table 1.

    >>> tiny = VGG(blocks=((4, 1), (8, 1)), hidden=(16,), num_classes=5, image_size=32,
    ...            rngs=nnx.Rngs(0))
    >>> tiny(jnp.zeros((2, 32, 32, 3))).shape
    (2, 5)
    """

    def __init__(
        self,
        in_features: int = 3,
        num_classes: int = 1000,
        *,
        blocks: Blocks = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)),
        hidden: Sequence[int] = (4096, 4096),
        image_size: int | Sequence[int] = 224,
        batch_norm: bool = False,
        dropout: float = 0.5,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        make = Maker(rngs, dtype, param_dtype)
        layers: list[Any] = []
        channels = in_features
        for position, block in enumerate(blocks):
            if len(block) != 2:
                raise ValueError(f"blocks[{position}] (={block}) must be (channels, convolutions)")
            for _ in range(an_int(f"blocks[{position}][1]", block[1], 1)):
                layers.append(make.conv(channels, block[0], 3, use_bias=True))
                channels = block[0]
                layers.extend([make.norm(channels)] if batch_norm else [])
                layers.append(nnx.relu)
            layers.append(MaxPool2d(2))
        features = Sequential(*layers)
        shape = input_shape(image_size, in_features)
        head = make.dense_head(features, shape, hidden, num_classes, dropout)
        super().__init__(features, head, shape)
