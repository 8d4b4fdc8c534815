"""A summary as a table for the terminal or for Markdown."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from ._layer import Shape
from ._walk import Row


class Tabled(Protocol):
    """What a table says: rows of layers, the input, and totals."""

    @property
    def rows(self) -> tuple[Row, ...]: ...
    @property
    def input_shape(self) -> Shape: ...
    @property
    def parameters(self) -> int: ...
    @property
    def multiply_adds(self) -> int: ...
    @property
    def flops(self) -> int: ...
    @property
    def activation_bytes(self) -> int: ...
    @property
    def peak_bytes(self) -> int: ...


COLUMNS = {
    "name": "Name",
    "layer": "Layer",
    "output": "Output size",
    "weights": "Weight size",
    "parameters": "Parameters",
    "multiply_adds": "Multiply-adds",
    "receptive_field": "Receptive field",
}
_NUMBERS = ("parameters", "multiply_adds")


def markdown(result: Tabled, columns: Sequence[str] | None, channels_first: bool) -> str:
    """The table in Markdown."""
    names, lines = _cells(result, columns, channels_first)
    rules = ["---:" if name in _NUMBERS else "---" for name in names]
    table = [[COLUMNS[name] for name in names], rules, *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in table)


def rich_table(result: Tabled, columns: Sequence[str] | None, channels_first: bool) -> Any:
    """The table as a ``rich.table.Table``."""
    from rich.table import Table

    names, lines = _cells(result, columns, channels_first)
    table = Table(caption=_totals(result), caption_justify="left")
    for name in names:
        table.add_column(
            COLUMNS[name],
            justify="right" if name in _NUMBERS else "left",
            overflow="fold",
        )
    for line in lines:
        table.add_row(*line)
    return table


def _totals(result: Tabled) -> str:
    return (
        f"{result.parameters:,} parameters, {result.multiply_adds:,} multiply-adds, "
        f"{result.flops:,} FLOPs\n"
        f"activations: {_bytes(result.activation_bytes)} in training, "
        f"{_bytes(result.peak_bytes)} at the peak of prediction (one example)"
    )


def _cells(
    result: Tabled, columns: Sequence[str] | None, channels_first: bool
) -> tuple[list[str], list[list[str]]]:
    names = list(COLUMNS if columns is None else columns)
    if unknown := [name for name in names if name not in COLUMNS]:
        raise ValueError(f"columns (={unknown}) must be among {list(COLUMNS)}")

    def shape_text(shape: Shape) -> str:
        return _product((shape[-1], *shape[:-1]) if channels_first else shape)

    def weight_text(row: Row) -> str:
        kernel = row.weights.get("kernel", row.weights.get("scale"))
        if kernel is None:
            return ""
        if channels_first and len(kernel) > 2:
            kernel = (kernel[-1], kernel[-2], *kernel[:-2])
        return _product(kernel)

    write: dict[str, Callable[[Row], str]] = {
        "name": lambda row: row.name,
        "layer": lambda row: str(row.layer),
        "output": lambda row: shape_text(row.output_shape),
        "weights": weight_text,
        "parameters": lambda row: f"{row.parameters:,}" if row.parameters else "",
        "multiply_adds": lambda row: f"{row.multiply_adds:,}" if row.multiply_adds else "",
        "receptive_field": lambda row: _product(row.receptive_field.size),
    }
    start = {"layer": "Input", "output": shape_text(result.input_shape)}
    first = [start.get(name, "") for name in names]
    return names, [first, *([write[name](row) for name in names] for row in result.rows)]


def _product(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape))


def _bytes(count: int) -> str:
    return f"{count / 2**20:.1f} MiB" if count >= 2**20 else f"{count / 2**10:.1f} KiB"
