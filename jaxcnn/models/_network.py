"""What all networks have in common: features, then a head."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import jax
from flax import nnx

from jaxcnn import analysis
from jaxcnn.functional._arguments import an_array, an_int, per_axis
from jaxcnn.nn import Flatten, Sequential

from ._recipe import Recipe

AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
SIZE_ARGUMENTS = {1: "length", 2: "image_size", 3: "video_size"}


class Network(nnx.Module):
    """A classifier made of features and a head; the base of all networks here.

    Built in evaluation mode: call ``train()`` before training. To make a network of your own, put
    it together from two `Sequential`, or derive a class that does so.

    Args:
        features: Layers that turn the input into feature maps.
        classifier: The head. It starts with a pool or `Flatten` and ends with a `Linear` layer.
        input_shape: ``(*spatial, channels)`` of the inputs that the network is made for. A head
            that starts with `Flatten` takes no other; one that starts with a global pool takes
            every size on which the features can be computed.

    Attributes:
        class_names: A tuple with the name of each class, or None; set it, and files have it.
        preprocessing: How images are prepared, a `jaxcnn.transfer.Preprocessing`, or None.

    Raises:
        LayerError: A layer cannot be computed on ``input_shape``; the message names it.

    >>> from jaxcnn import nn
    >>> rngs = nnx.Rngs(0)
    >>> model = Network(
    ...     nn.Sequential(conv=nn.Conv2d(3, 8, 3, rngs=rngs), relu=nnx.relu),
    ...     nn.Sequential(pool=nn.GlobalAvgPool(), fc=nn.Linear(8, 10, rngs=rngs)),
    ...     (32, 32, 3),
    ... )
    >>> model(jnp.zeros((2, 48, 40, 3))).shape
    (2, 10)
    """

    rank: ClassVar[int] = 2
    recipe: Recipe | None = None  # set by `create_model`
    class_names: tuple[str, ...] | None = None
    preprocessing: Any = None

    def __init__(
        self, features: Sequential, classifier: Sequential, input_shape: Sequence[int]
    ) -> None:
        self.input_shape = tuple(input_shape)
        self.features = features
        self.classifier = classifier
        analysis.summary(self, self.input_shape)  # every layer can be computed
        self.eval()

    def __call__(self, x: jax.Array) -> jax.Array:
        """Computes logits.

        Args:
            x: ``(batch, *spatial, channels)``.

        Returns:
            ``(batch, num_classes)``, before softmax.

        Raises:
            ValueError: The input has another rank or other channels, a size that the head does not
                take, or one so small that a layer cannot be computed: the message names it.
        """
        x = self.check_input(x)
        try:
            return self.classifier(self.features(x))
        except ValueError:
            if all(isinstance(size, int) for size in x.shape[1:]):
                analysis.summary(self, x.shape[1:])  # names the layer, if it is about sizes
            raise

    def check_input(self, x: jax.Array) -> jax.Array:
        """Returns ``x`` as an array, or raises ``ValueError`` when it is no input of this network."""
        x = an_array("x", x)
        *spatial, channels = self.input_shape
        fixed = isinstance(self.classifier[0], Flatten)
        known = x.shape[1:] == self.input_shape if fixed else x.shape[-1:] == (channels,)
        if x.ndim == len(self.input_shape) + 1 and known:
            return x
        sizes = spatial if fixed else AXES.get(len(spatial), ("*spatial",))
        size_alone = x.ndim == len(self.input_shape) + 1 and x.shape[-1:] == (channels,)
        reason = (
            "the dense head fixes the size of the image (see jaxcnn.transfer.convolutionise)"
            if size_alone
            else f"channels last, {channels} of them"
        )
        raise ValueError(
            f"x has shape {x.shape}, but must be (batch, {', '.join(map(str, sizes))}, {channels}): "
            f"{reason}"
        )

    def named_layers(self) -> Iterator[tuple[str, Sequential]]:
        """The two parts with their names, in order."""
        yield "features", self.features
        yield "classifier", self.classifier

    def describe(self) -> analysis.Layer:
        """The layers as `jaxcnn.analysis` sees them."""
        return analysis.Chain(
            tuple(replace(part.describe(), name=name) for name, part in self.named_layers())
        )


def input_shape(size: int | Sequence[int], in_features: int, rank: int = 2) -> tuple[int, ...]:
    """``(*spatial, channels)`` from an int or one int per axis."""
    spatial = per_axis(SIZE_ARGUMENTS[rank], size, rank)
    return (*spatial, an_int("in_features", in_features, 1))
