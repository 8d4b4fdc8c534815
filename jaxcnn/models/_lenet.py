"""The two LeNets of the course."""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from flax import nnx

from jaxcnn.nn import MaxPool2d, Sequential

from ._maker import Maker
from ._network import Network, input_shape


class LeNet(Network):
    """The lecture's LeNet: two 5x5 convolutions with padding 2, two pools, two dense layers.

    Args:
        in_features: Channels of the images.
        num_classes: Number of classes.
        image_size: Height and width of the images, an int or a pair.
        dtype: Type of the computation; None infers it.
        param_dtype: Type of the parameters.
        rngs: Random streams; ``params`` is used.

    Raises:
        ValueError: A size is out of range, or the pools shrink the image below one pixel.

    Source: after Y. LeCun et al., *Gradient-based learning applied to document recognition*, 1998;
    20 and 50 filters, ReLU and max pooling as in the Caffe example of the same name.

    >>> LeNet(rngs=nnx.Rngs(0))(jnp.zeros((1, 28, 28, 1))).shape
    (1, 10)
    """

    def __init__(
        self,
        in_features: int = 1,
        num_classes: int = 10,
        *,
        image_size: int | Sequence[int] = 28,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        make = Maker(rngs, dtype, param_dtype)
        features = Sequential(
            make.conv(in_features, 20, 5, padding=2, use_bias=True),
            nnx.relu,
            MaxPool2d(2),
            make.conv(20, 50, 5, padding=2, use_bias=True),
            nnx.relu,
            MaxPool2d(2),
        )
        shape = input_shape(image_size, in_features)
        head = make.dense_head(features, shape, (500,), num_classes)
        super().__init__(features, head, shape)


class LeNet5(Network):
    """The notebook's LeNet-5: unpadded 5x5 convolutions on 32x32 images, three dense layers.

    ReLU and max pooling stand for the original's tanh and trainable average pooling. Arguments as
    `LeNet`; the softmax is left to the loss.

    Source: Y. LeCun et al., *Gradient-based learning applied to document recognition*, 1998,
    section II.B.

    >>> LeNet5(rngs=nnx.Rngs(0))(jnp.zeros((1, 32, 32, 1))).shape
    (1, 10)
    """

    def __init__(
        self,
        in_features: int = 1,
        num_classes: int = 10,
        *,
        image_size: int | Sequence[int] = 32,
        dtype: Any = None,
        param_dtype: Any = jnp.float32,
        rngs: nnx.Rngs,
    ) -> None:
        make = Maker(rngs, dtype, param_dtype)
        features = Sequential(
            make.conv(in_features, 6, 5, padding="valid", use_bias=True),
            nnx.relu,
            MaxPool2d(2),
            make.conv(6, 16, 5, padding="valid", use_bias=True),
            nnx.relu,
            MaxPool2d(2),
        )
        shape = input_shape(image_size, in_features)
        head = make.dense_head(features, shape, (120, 84), num_classes)
        super().__init__(features, head, shape)
