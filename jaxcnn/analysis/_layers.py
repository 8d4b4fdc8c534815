"""Layers without a sliding window, and how layers are put together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from jaxcnn.functional._arguments import a_choice, an_int

from ._layer import Fields, Layer, Shape, call_text, known, over_everything
from ._windows import Window


@dataclass(frozen=True)
class GlobalPool(Layer):
    """Maximum or average of each channel over all positions: the image size no longer matters.

    >>> GlobalPool().output_shape((7, 7, 512))
    (512,)
    """

    kind: Literal["avg", "max"] = "avg"

    def output_shape(self, shape: Shape) -> Shape:
        return shape[-1:]

    def operations(self, shape: Shape) -> int:
        return math.prod(shape)

    def widen(self, fields: Fields, shape: Shape | None) -> Fields:
        return over_everything(fields, shape, "global pooling")

    def __str__(self) -> str:
        return f"Global{self.kind.capitalize()}Pool"


@dataclass(frozen=True)
class Flatten(Layer):
    """All axes of an example in one vector, channels fastest.

    >>> Flatten().output_shape((7, 7, 50))
    (2450,)
    """

    def output_shape(self, shape: Shape) -> Shape:
        return (math.prod(shape),)

    def widen(self, fields: Fields, shape: Shape | None) -> Fields:
        return over_everything(fields, shape, "flattening")

    def __str__(self) -> str:
        return "Flatten"


@dataclass(frozen=True)
class Dense(Layer):
    """A fully connected layer on the last axis.

    >>> Dense(500).weights((2450,))
    {'kernel': (2450, 500), 'bias': (500,)}
    """

    features: int
    use_bias: bool = True
    in_features: int | None = None

    def __post_init__(self) -> None:
        an_int("features", self.features, 1)

    def output_shape(self, shape: Shape) -> Shape:
        if self.in_features is not None and shape[-1] != self.in_features:
            raise ValueError(
                f"the layer was built for in_features (={self.in_features}) but gets {shape[-1]} "
                "features; a dense layer after flattening fixes the size of the image"
            )
        return (*shape[:-1], self.features)

    def weights(self, shape: Shape) -> dict[str, Shape]:
        kernel = (shape[-1], self.features)
        return {"kernel": kernel, "bias": (self.features,)} if self.use_bias else {"kernel": kernel}

    def multiply_adds(self, shape: Shape, *, padded_taps: bool = True) -> int:
        return math.prod(shape) * self.features

    def operations(self, shape: Shape) -> int:
        return math.prod(self.output_shape(shape)) if self.use_bias else 0

    def __str__(self) -> str:
        return call_text("Dense", C_out=self.features)


@dataclass(frozen=True)
class Activation(Layer):
    """An element-wise function such as ReLU: no weights, one operation per element.

    >>> Activation("tanh").operations((7, 7, 2))
    98
    """

    function: str = "ReLU"

    def operations(self, shape: Shape) -> int:
        return math.prod(shape)

    def __str__(self) -> str:
        return self.function


@dataclass(frozen=True)
class Normalization(Layer):
    """A normalisation with a scale and a bias per channel; running statistics are no weights.

    >>> Normalization().weights((7, 7, 50))
    {'scale': (50,), 'bias': (50,)}
    """

    kind: str = "BatchNorm"
    use_scale: bool = True
    use_bias: bool = True
    in_features: int | None = None

    def output_shape(self, shape: Shape) -> Shape:
        if self.in_features is not None and shape[-1] != self.in_features:
            raise ValueError(
                f"the layer was built for num_features (={self.in_features}) but gets "
                f"{shape[-1]} channels"
            )
        return shape

    def weights(self, shape: Shape) -> dict[str, Shape]:
        scale: dict[str, Shape] = {"scale": shape[-1:]} if self.use_scale else {}
        return {**scale, "bias": shape[-1:]} if self.use_bias else scale

    def operations(self, shape: Shape) -> int:
        return 2 * math.prod(shape)

    def __str__(self) -> str:
        return self.kind


@dataclass(frozen=True)
class Dropout(Layer):
    """Dropout, which does nothing at prediction time.

    >>> str(Dropout(0.25)), Dropout().operations((2450,))
    ('Dropout(0.25)', 0)
    """

    rate: float = 0.5

    def __str__(self) -> str:
        return f"Dropout({self.rate:g})"


@dataclass(frozen=True)
class Attention(Layer):
    """Self-attention between all positions: channels hold query, key and value side by side.

    It has no weights; the dense layers before and after it have. Every output sees the whole map,
    and the receptive field is that of the output which sees most on either side.

    Source: A. Vaswani et al., *Attention is all you need*, 2017, section 3.2.

    >>> Attention(num_heads=6).output_shape((14, 14, 1152))
    (14, 14, 384)
    """

    num_heads: int = 1

    def output_shape(self, shape: Shape) -> Shape:
        if shape[-1] % (3 * self.num_heads):
            raise ValueError(
                f"channels (={shape[-1]}) must be a multiple of 3 * num_heads (={self.num_heads}): "
                "query, key and value"
            )
        return (*shape[:-1], shape[-1] // 3)

    def operations(self, shape: Shape) -> int:
        tokens = math.prod(shape[:-1])
        return tokens * tokens * (4 * shape[-1] // 3 + 3 * self.num_heads)  # and the softmax

    def widen(self, fields: Fields, shape: Shape | None) -> Fields:
        spatial = known(shape, "attention")[:-1]
        windows = (Window(2 * n - 1, low=n - 1) for n in spatial)
        return tuple(f.through(w) for f, w in zip(fields, windows, strict=True))

    def __str__(self) -> str:
        return call_text("Attention", heads=self.num_heads)


@dataclass(frozen=True)
class Chain(Layer):
    """Layers one after the other; unnamed ones are called by their position.

    A chain named ``"."`` adds nothing to the path of its layers.

    >>> from jaxcnn.analysis import output_shapes
    >>> output_shapes(Chain((Chain((Flatten(),), name="head"), Dense(10))), (7, 7, 50))
    {'head.0': (2450,), '1': (10,)}
    """

    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True)
class Branches(Layer):
    """Chains that read the same input and whose outputs are added or concatenated.

    An empty `Chain` is the shortcut of a residual block. A single branch is a block that merges
    nothing.

    Attributes:
        branches: the chains.
        merge: ``"add"`` (equal shapes) or ``"concat"`` (along channels).
        activation: what is applied to the merged output, if anything.

    Source: K. He et al., *Deep residual learning for image recognition*, 2016; for concatenation,
    C. Szegedy et al., *Going deeper with convolutions*, 2015.

    >>> from jaxcnn.analysis import Conv, receptive_field
    >>> receptive_field([Branches((Chain((Conv(8, 3), Conv(8, 3))), Chain()))]).size
    (5,)
    """

    branches: tuple[Layer, ...]
    merge: Literal["add", "concat"] = "add"
    activation: Activation | None = None

    def __post_init__(self) -> None:
        a_choice("merge", self.merge, ("add", "concat"))
        if not self.branches:
            raise ValueError("branches (=()) must hold at least one chain of layers")

    def merged_shape(self, shapes: Sequence[Shape]) -> Shape:
        """Shape of the merged outputs; ``ValueError`` when they cannot be merged."""
        if self.merge == "add" and len(set(shapes)) != 1:
            raise ValueError(f"branches to be added must have equal shapes, got {list(shapes)}")
        if len({shape[:-1] for shape in shapes}) != 1:
            raise ValueError(f"branches to be concatenated must agree in size, got {list(shapes)}")
        if self.merge == "add":
            return shapes[0]
        return (*shapes[0][:-1], sum(shape[-1] for shape in shapes))

    def merging_operations(self, merged: Shape) -> int:
        """Operations that merging and the activation cost, for an output of shape ``merged``."""
        additions = len(self.branches) - 1 if self.merge == "add" else 0
        return (additions + (self.activation is not None)) * math.prod(merged)

    def __str__(self) -> str:
        merge = "Add" if self.merge == "add" else "Concatenate"
        steps = [merge] if len(self.branches) > 1 else []
        if self.activation is not None:
            steps.append(str(self.activation))
        return ", ".join(steps) or "Block"
