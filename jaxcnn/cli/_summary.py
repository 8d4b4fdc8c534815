"""The commands that look at a network without running it."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ._output import print_table
from ._usage import ClassesOption, ModelArgument, ShapeOption, model_options, usage_errors


def models() -> None:
    """List the names that the other commands know."""
    from jaxcnn.models import list_models

    for name in list_models():
        typer.echo(name)


def summary(
    model: ModelArgument,
    image: ShapeOption = None,
    classes: ClassesOption = None,
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
    with usage_errors():
        result = _summarise(model, image, classes)
        names = columns.split(",") if columns else None
        if markdown:
            typer.echo(result.to_markdown(names, channels_first=channels_first))
        else:
            print_table(result.to_rich(names, channels_first=channels_first))
    if json_file is not None:
        with usage_errors("--json: "):
            json_file.write_text(json.dumps(result.to_dict(), indent=1) + "\n", encoding="utf-8")


def _summarise(name: str, image: str | None, classes: int | None) -> Any:
    options = model_options(image, classes)
    from flax import nnx

    from jaxcnn import analysis
    from jaxcnn.models import create_model

    model = nnx.eval_shape(lambda: create_model(name, **options))
    return analysis.summary(model, model.input_shape)
