"""Following one example through a network by arithmetic alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

from jaxcnn.functional._arguments import an_int

from ._layer import Fields, Layer, Shape
from ._layers import Branches, Chain
from ._modules import as_layers
from ._receptive_field import ReceptiveField
from ._windows import AxisField


@dataclass(frozen=True)
class Row:
    """What one layer does to one example.

    Attributes:
        name: path of the layer in the network, such as ``features.3``.
        layer: its description; ``str(layer)`` shows the hyper-parameters.
        input_shape, output_shape: channels last, without batch axis.
        weights: shapes of the trained arrays by name.
        parameters: number of trained numbers.
        multiply_adds: multiplications by a weight, each with its addition.
        flops: floating-point operations, see `summary`.
        receptive_field: what one output sees of the image.

    >>> from jaxcnn.analysis import Conv, summary
    >>> (row,) = summary([Conv(10, 5, padding=2, name="first")], (32, 32, 3)).rows
    >>> row.name, row.output_shape, row.parameters
    ('first', (32, 32, 10), 760)
    """

    name: str
    layer: Layer
    input_shape: Shape
    output_shape: Shape
    weights: dict[str, Shape]
    parameters: int
    multiply_adds: int
    flops: int
    receptive_field: ReceptiveField


@dataclass(frozen=True)
class _State:
    shape: Shape | None
    fields: Fields


def walk(model: object, input_shape: Sequence[int], *, padded_taps: bool = True) -> tuple[Row, ...]:
    """One row for each layer of a model, for an input of ``input_shape``."""
    shape = checked_shape(input_shape)
    rows: list[Row] = []
    start = _State(shape, (AxisField(),) * (len(shape) - 1))
    _follow(as_layers(model), start, "", rows, padded_taps)
    return tuple(rows)


def final_field(model: object, input_shape: Sequence[int] | None) -> ReceptiveField:
    """Receptive field of the last layer's outputs, with or without a known input size."""
    layers = as_layers(model)
    if input_shape is None:
        start = _State(None, (AxisField(),) * _deepest_rank(layers))
    else:
        shape = checked_shape(input_shape)
        start = _State(shape, (AxisField(),) * (len(shape) - 1))
    return ReceptiveField.of(_follow(layers, start, "", [], True).fields)


def checked_shape(input_shape: Sequence[int]) -> Shape:
    """The shape as a tuple; ``ValueError`` unless all sizes are positive integers."""
    try:
        shape = tuple(an_int("input_shape", n, 1) for n in input_shape)
    except (TypeError, ValueError):
        shape = ()
    if not shape:
        raise ValueError(
            f"input_shape (={input_shape!r}) must be (*spatial, channels) of one example, "
            "all positive integers, without batch axis"
        )
    return shape


def _follow(layer: Layer, state: _State, path: str, rows: list[Row], padded_taps: bool) -> _State:
    if isinstance(layer, Chain):
        for position, part in enumerate(layer.layers):
            state = _follow(part, state, _join(path, part.name or str(position)), rows, padded_taps)
        return state
    try:
        if isinstance(layer, Branches):
            return _follow_branches(layer, state, path, rows, padded_taps)
        if state.shape is None:
            return replace(state, fields=layer.widen(state.fields, None))
        output = layer.output_shape(state.shape)
        fields = layer.widen(state.fields, state.shape)
        weights = layer.weights(state.shape)
        multiply_adds = layer.multiply_adds(state.shape, padded_taps=padded_taps)
        flops = 2 * multiply_adds + layer.operations(state.shape)
    except LayerError:
        raise
    except ValueError as error:
        raise LayerError(f"layer {path} {layer}: {error}") from error
    rows.append(
        Row(
            path,
            layer,
            state.shape,
            output,
            weights,
            sum(map(prod, weights.values())),
            multiply_adds,
            flops,
            ReceptiveField.of(fields),
        )
    )
    return _State(output, fields)


def _follow_branches(
    layer: Branches, state: _State, path: str, rows: list[Row], padded_taps: bool
) -> _State:
    ends = [
        _follow(branch, state, _join(path, branch.name or str(position)), rows, padded_taps)
        for position, branch in enumerate(layer.branches)
    ]
    fields = ends[0].fields
    for end in ends[1:]:
        fields = tuple(a.union(b) for a, b in zip(fields, end.fields, strict=True))
    if state.shape is None:
        return _State(None, fields)
    shapes = [end.shape for end in ends if end.shape is not None]
    output = layer.merged_shape(shapes)
    operations = layer.merging_operations(output)
    field = ReceptiveField.of(fields)
    rows.append(Row(path, layer, state.shape, output, {}, 0, 0, operations, field))
    return _State(output, fields)


class LayerError(ValueError):
    """A layer cannot be computed; the message names it.

    >>> from jaxcnn.analysis import Chain, Pool, summary
    >>> try:
    ...     summary(Chain((Pool(2), Pool(8, name="last"))), (8, 8, 3))
    ... except LayerError as error:
    ...     print(str(error).split(":")[0])
    layer last MaxPool(K=8, S=8)
    """


def _join(path: str, name: str) -> str:
    if name == ".":
        return path
    return f"{path}.{name}" if path else name


def _deepest_rank(layer: Layer) -> int:
    if isinstance(layer, Chain):
        return max((_deepest_rank(part) for part in layer.layers), default=1)
    if isinstance(layer, Branches):
        return max(_deepest_rank(branch) for branch in layer.branches)
    return layer.rank_hint()
