"""The command that judges a trained network."""

from pathlib import Path
from typing import Annotated

import typer

from ._compilation import keep_programs
from ._usage import usage_errors

_File = Path | None


def evaluate(
    file: Annotated[Path, typer.Argument(help="A network that `jaxcnn train -o` wrote.")],
    data: Annotated[str, typer.Option("--data", help="Name of a set, such as mnist_10k.")],
    split: Annotated[str, typer.Option("--split", help="Which part of it.")] = "test",
    size: Annotated[
        int | None, typer.Option("--size", help="Height and width that images are brought to.")
    ] = None,
    batch_size: Annotated[
        int, typer.Option("--batch-size", help="Examples in a batch.", min=1)
    ] = 250,
    json_file: Annotated[_File, typer.Option("--json", help="Write results as JSON.")] = None,
    confusion: Annotated[
        _File, typer.Option("--confusion", help="Draw the confusion matrix.")
    ] = None,
    mistakes: Annotated[_File, typer.Option("--mistakes", help="Draw the worst mistakes.")] = None,
) -> None:
    """Print accuracy and loss of a trained network on a set."""
    keep_programs()
    with usage_errors():
        from ._figures import check_outputs, write_json, write_judgement

        drawn = {"--confusion": confusion, "--mistakes": mistakes}
        check_outputs({"--json": json_file, **drawn}, tuple(drawn))

        from jaxcnn import training
        from jaxcnn.transfer import load_model

        from ._datasets import load_part
        from ._prepared import load_prepared, preprocessing_of

        model = load_model(file)
        if model.preprocessing is None:
            part = load_part(data, split, size)
        else:
            part = load_prepared(data, split, preprocessing_of(model, size))
        found = training.evaluate(model, (part.images, part.labels), batch_size=batch_size)
        typer.echo(
            f"{file} on {data}, {split}: accuracy {found.accuracy:.4f} "
            f"({found.correct} of {len(found.labels)}), loss {found.loss:.4f}"
        )
        write_judgement(part, found, confusion, mistakes)
        write_json(
            json_file,
            {
                "model": str(file),
                "data": data,
                "split": split,
                "accuracy": found.accuracy,
                "loss": found.loss,
                "examples": len(found.labels),
                "confusion": found.confusion.tolist(),
            },
        )
