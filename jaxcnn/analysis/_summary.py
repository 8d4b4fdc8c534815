"""The numbers of a network, layer by layer and in all."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import jax.numpy as jnp

from ._layer import Shape
from ._receptive_field import ReceptiveField
from ._tables import markdown, rich_table
from ._walk import Row, checked_shape, final_field, walk


@dataclass(frozen=True)
class Summary:
    """What `summary` found; ``print`` it, show it with Rich, or take its numbers.

    Attributes:
        input_shape: shape of one example, channels last.
        rows: one `Row` for each layer.
        itemsize: bytes of one activation.

    >>> from jaxcnn.analysis import Conv, summary
    >>> result = summary([Conv(10, 5, padding=2)], (32, 32, 3))
    >>> result.multiply_adds, result.to_dict()["layers"][0]["receptive_field"]
    (768000, [5, 5])
    >>> print(result.to_markdown(["layer", "weights"]).splitlines()[-1])
    | Conv(C_out=10, K=5, S=1, P=2) | 5 x 5 x 3 x 10 |
    """

    input_shape: Shape
    rows: tuple[Row, ...]
    itemsize: int = 4

    @property
    def output_shape(self) -> Shape:
        """Shape of the network's output for one example."""
        return self.rows[-1].output_shape if self.rows else self.input_shape

    @property
    def parameters(self) -> int:
        """Trained numbers in all."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds for one example."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def flops(self) -> int:
        """Floating-point operations for one example."""
        return sum(row.flops for row in self.rows)

    @property
    def activation_bytes(self) -> int:
        """Memory of the input and of every layer's output for one example, as training keeps it."""
        elements = prod(self.input_shape) + sum(prod(row.output_shape) for row in self.rows)
        return elements * self.itemsize

    @property
    def peak_bytes(self) -> int:
        """Largest input plus output of a layer for one example, as prediction needs it."""
        pairs = (prod(row.input_shape) + prod(row.output_shape) for row in self.rows)
        return max(pairs, default=prod(self.input_shape)) * self.itemsize

    @property
    def receptive_field(self) -> ReceptiveField:
        """Receptive field of the network's output."""
        if not self.rows:
            return receptive_field((), self.input_shape)
        return self.rows[-1].receptive_field

    def to_dict(self) -> dict[str, Any]:
        """Totals and rows in plain types, ready for JSON."""
        return {
            "input_shape": list(self.input_shape),
            "output_shape": list(self.output_shape),
            "parameters": self.parameters,
            "multiply_adds": self.multiply_adds,
            "flops": self.flops,
            "activation_bytes": self.activation_bytes,
            "peak_bytes": self.peak_bytes,
            "layers": [
                {
                    "name": row.name,
                    "layer": str(row.layer),
                    "output_shape": list(row.output_shape),
                    "weights": {name: list(shape) for name, shape in row.weights.items()},
                    "parameters": row.parameters,
                    "multiply_adds": row.multiply_adds,
                    "flops": row.flops,
                    "receptive_field": list(row.receptive_field.size),
                    "jump": [float(jump) for jump in row.receptive_field.jump],
                    "offset": list(row.receptive_field.offset),
                    "effective_padding": [float(low) for low in row.receptive_field.padding],
                }
                for row in self.rows
            ],
        }

    def to_markdown(
        self, columns: Sequence[str] | None = None, *, channels_first: bool = False
    ) -> str:
        """The table in Markdown.

        Args:
            columns: some of name, layer, output, weights, parameters, multiply_adds,
              receptive_field, in any order; all by default.
            channels_first: shapes as C x H x W and weights as C_out x C_in x K x K.

        Returns:
            The table, one line per layer, without final newline.

        Raises:
            ValueError: a column is unknown.
        """
        return markdown(self, columns, channels_first)

    def to_rich(self, columns: Sequence[str] | None = None, *, channels_first: bool = False) -> Any:
        """The table as a ``rich.table.Table``; arguments as in `to_markdown`."""
        return rich_table(self, columns, channels_first)

    def __rich__(self) -> Any:
        return self.to_rich()

    def __str__(self) -> str:
        return self.to_markdown()

    def _repr_markdown_(self) -> str:
        """What a notebook shows: a table."""
        return self.to_markdown()


def summary(
    model: object,
    input_shape: Sequence[int],
    *,
    padded_taps: bool = True,
    dtype: Any = "float32",
) -> Summary:
    """Shapes, parameters, operations, memory and receptive field of every layer.

    Nothing is executed: a model may be huge, or abstract (``nnx.eval_shape``).

    Operations are those of predicting one example. A multiply-add is a multiplication by a weight
    with its addition. FLOPs count two per multiply-add, one per bias added, one per element of a
    pooling window or activation, two per normalised element (scale and bias folded), one per
    element of a residual addition. Dropout costs nothing.

    Args:
        model: anything `as_layers` takes.
        input_shape: ``(*spatial, channels)`` of one example, without batch axis.
        padded_taps: whether multiply-adds count the taps of a convolution that fall on padding.
        dtype: type of the activations, for their memory.

    Returns:
        A `Summary`.

    Raises:
        ValueError: the model cannot be described, or a layer cannot be computed; `LayerError` names
          the layer that shrinks the map below one pixel.

    >>> from jaxcnn.analysis import Conv, Pool, summary
    >>> result = summary([Conv(10, 5, padding=2), Pool(2)], (32, 32, 3))
    >>> result.output_shape, result.parameters
    ((16, 16, 10), 760)
    """
    shape = checked_shape(input_shape)
    rows = walk(model, shape, padded_taps=padded_taps)
    return Summary(shape, rows, jnp.dtype(dtype).itemsize)


def output_shapes(model: object, input_shape: Sequence[int]) -> dict[str, Shape]:
    """Output shape of every layer by name, in order.

    Args:
        model: anything `as_layers` takes.
        input_shape: ``(*spatial, channels)`` of one example, without batch axis.

    Returns:
        ``{path: (*spatial, channels)}``.

    Raises:
        ValueError: as `summary`.

    >>> from jaxcnn.analysis import Conv, Flatten, output_shapes
    >>> output_shapes([Conv(10, 5, padding=2), Flatten(name="flat")], (32, 32, 3))
    {'0': (32, 32, 10), 'flat': (10240,)}
    """
    return {row.name: row.output_shape for row in walk(model, input_shape)}


def count_parameters(model: object, input_shape: Sequence[int] | None = None) -> int:
    """Number of trained numbers of a model.

    Args:
        model: a Flax module (concrete or abstract), or with ``input_shape`` anything `as_layers`
          takes.
        input_shape: ``(*spatial, channels)`` of one example; needed for layer descriptions.

    Returns:
        The sum of the sizes of all ``nnx.Param``; running statistics are not trained.

    Raises:
        ValueError: ``model`` is no module and ``input_shape`` is missing.

    >>> from jaxcnn.analysis import Conv, count_parameters
    >>> count_parameters([Conv(10, 5, padding=2)], (32, 32, 3))
    760
    """
    if input_shape is not None:
        return sum(row.parameters for row in walk(model, input_shape))
    import jax
    from flax import nnx

    if not isinstance(model, nnx.Module):
        raise ValueError("input_shape must be given to count the parameters of layer descriptions")
    return sum(prod(leaf.shape) for leaf in jax.tree.leaves(nnx.state(model, nnx.Param)))


def receptive_field(model: object, input_shape: Sequence[int] | None = None) -> ReceptiveField:
    """Receptive field of the outputs of a network.

    Flattening and global pooling see the whole map, like the convolution that replaces them; they
    need the size of the image, as does padding ``"same"`` with a stride. Branches take the union.
    After transposed convolutions and uneven adaptive pools, whose outputs do not all see equally
    many pixels, the field is an upper bound, exact for a single such layer.

    Args:
        model: anything `as_layers` takes; a list of layers whose sizes are plain ints is analysed
          along one axis.
        input_shape: ``(*spatial, channels)`` of one example, without batch axis.

    Returns:
        A `ReceptiveField`, one entry per spatial axis.

    Raises:
        ValueError: the image size is needed and missing, or a layer cannot be computed.

    Source: A. Araujo, W. Norris, J. Sim, "Computing Receptive Fields of Convolutional Neural
    Networks", Distill, 2019.

    >>> from jaxcnn.analysis import Conv, Pool, receptive_field
    >>> receptive_field([Conv(8, 3), Conv(8, 3), Pool(2)])
    ReceptiveField(size=(6,), jump=(2,), offset=(0.5,), padding=(2,))
    """
    return final_field(model, input_shape)
