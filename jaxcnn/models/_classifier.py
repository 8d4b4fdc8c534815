"""What the convolutional classifiers of the course have in common."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import jax
from flax import nnx

from jaxcnn import analysis
from jaxcnn.functional._arguments import an_int, per_axis
from jaxcnn.nn import Conv2d, Dropout, Flatten, Linear, Sequential

from ._initializers import he_uniform


class ConvClassifier(nnx.Module):
    """Convolutions and pools, then a fully connected head.

    Built in evaluation mode: call ``train()`` before training.

    Attributes:
        features: The convolutional part, a `Sequential`.
        classifier: The head, a `Sequential` that starts with `Flatten`.
        input_shape: ``(height, width, channels)`` of the images the head is made for.
    """

    def __init__(
        self,
        features: Iterable[Any],
        input_shape: tuple[int, int, int],
        hidden: Sequence[int],
        num_classes: int,
        *,
        dropout: float = 0.0,
        dtype: Any,
        param_dtype: Any,
        rngs: nnx.Rngs,
    ) -> None:
        self.input_shape = input_shape
        self.features = Sequential(*features)
        size = analysis.summary([named(self.features, "features")], input_shape).output_shape
        layers: list[Any] = [Flatten()]
        sizes = [size[0] * size[1] * size[2], *hidden, an_int("num_classes", num_classes, 1)]
        for wide, (ins, outs) in enumerate(itertools.pairwise(sizes)):
            layers.append(
                Linear(
                    ins,
                    outs,
                    dtype=dtype,
                    param_dtype=param_dtype,
                    kernel_init=he_uniform,
                    rngs=rngs,
                )
            )
            if wide < len(hidden):
                layers.append(nnx.relu)
                if dropout:
                    layers.append(Dropout(dropout, rngs=rngs))
        self.classifier = Sequential(*layers)
        self.eval()

    def __call__(self, x: jax.Array) -> jax.Array:
        """Computes logits.

        Args:
            x: ``(batch, height, width, channels)`` of the size in ``input_shape``.

        Returns:
            ``(batch, num_classes)``, before softmax.

        Raises:
            ValueError: The images have another shape.
        """
        if x.ndim != 4 or x.shape[1:] != self.input_shape:
            raise ValueError(
                f"x has shape {x.shape}, but must be (batch, {', '.join(map(str, self.input_shape))}): "
                "the dense head fixes the size of the image (see jaxcnn.transfer.convolutionise)"
            )
        return self.classifier(self.features(x))

    def describe(self) -> analysis.Layer:
        """The layers as `jaxcnn.analysis` sees them."""
        parts = (named(self.features, "features"), named(self.classifier, "classifier"))
        return analysis.Chain(parts)


def named(part: Sequential, name: str) -> analysis.Layer:
    """The description of a part under its attribute's name."""
    return replace(part.describe(), name=name)


def conv(ins: int, outs: int, size: int, padding: Any, **options: Any) -> Conv2d:
    """A convolution with the initialiser of the models."""
    return Conv2d(ins, outs, size, padding=padding, kernel_init=he_uniform, **options)


def image_shape(image_size: int | Sequence[int], in_features: int) -> tuple[int, int, int]:
    """``(height, width, channels)`` from an int or a pair."""
    height, width = per_axis("image_size", image_size, 2)
    return height, width, an_int("in_features", in_features, 1)
