"""The command ``jaxcnn``. Heavy imports happen inside the commands, so that ``--help`` is quick."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["app", "main"]

USAGE = 2

app = typer.Typer(
    help="Convolutional networks in JAX: look at a network before running it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Convolutional networks in JAX: look at a network before running it."""
    if show:
        from jaxcnn import __version__

        typer.echo(f"jaxcnn {__version__}")
        raise typer.Exit


@app.command()
def models() -> None:
    """List the names that `summary` knows."""
    from jaxcnn.models import list_models

    for name in list_models():
        typer.echo(name)


@app.command()
def summary(
    model: Annotated[str, typer.Argument(help="Name of a network, see `jaxcnn models`.")],
    image: Annotated[
        str | None,
        typer.Option("--input", help="Sizes and channels, such as 224x224x3 or 128x1."),
    ] = None,
    classes: Annotated[int | None, typer.Option("--classes", help="Number of classes.")] = None,
    columns: Annotated[
        str | None, typer.Option("--columns", help="Columns, such as layer,output,weights.")
    ] = None,
    channels_first: Annotated[
        bool, typer.Option("--channels-first", help="Shapes in PyTorch's order.")
    ] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write all numbers as JSON.")
    ] = None,
) -> None:
    """Print output size, weights, operations and receptive field of every layer.

    No weight is allocated and nothing is computed.
    """
    try:
        shape = None if image is None else parse_shape(image)
        result = _summarise(model, shape, classes)
        names = columns.split(",") if columns else None
        if markdown:
            typer.echo(result.to_markdown(names, channels_first=channels_first))
        else:
            _print_table(result.to_rich(names, channels_first=channels_first))
    except ValueError as error:
        raise _usage_error(error) from error
    if json_file is not None:
        try:
            json_file.write_text(json.dumps(result.to_dict(), indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise _usage_error(f"--json: {error}") from error


def parse_shape(text: str) -> tuple[int, ...]:
    """Reads ``224x224x3``, for series ``128x1``, for videos ``16x64x64x3``.

    Raises:
        ValueError: The text is not two to four positive integers joined by x.
    """
    parts = text.lower().split("x")
    if not 2 <= len(parts) <= 4 or not all(part.isascii() and part.isdigit() for part in parts):
        raise ValueError(
            f"--input (={text!r}) must be sizes and channels joined by x, such as 224x224x3 or 128x1"
        )
    shape = tuple(map(int, parts))
    if min(shape) < 1:
        raise ValueError(f"--input (={text!r}) must have sizes of at least 1")
    return shape


def main() -> None:
    """Runs the command line."""
    app()


def _summarise(name: str, shape: tuple[int, ...] | None, classes: int | None) -> Any:
    from flax import nnx

    from jaxcnn import analysis
    from jaxcnn.models import create_model

    model = nnx.eval_shape(lambda: create_model(name, num_classes=classes, input_shape=shape))
    return analysis.summary(model, model.input_shape)


def _print_table(table: Any) -> None:
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _usage_error(error: object) -> typer.Exit:
    typer.echo(f"jaxcnn: {error}", err=True)
    return typer.Exit(USAGE)
