"""The command that judges a trained network."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ._compilation import keep_programs
from ._usage import (
    JsonOption,
    MistakesOption,
    SkipBrokenOption,
    StreamOption,
    WorkersOption,
    usage_errors,
)

_File = Path | None


def evaluate(
    file: Annotated[Path, typer.Argument(help="A network that `jaxcnn train -o` wrote.")],
    data: Annotated[str, typer.Option("--data", help="Name of a set, such as mnist_10k.")],
    split: Annotated[str, typer.Option("--split", help="Which part of it.")] = "test",
    size: Annotated[
        int | None, typer.Option("--size", help="Height and width that images are brought to.")
    ] = None,
    label: Annotated[
        str, typer.Option("--label", help="Which label, such as direction of moving_digits.")
    ] = "label",
    batch_size: Annotated[
        int, typer.Option("--batch-size", help="Examples in a batch.", min=1)
    ] = 250,
    stream: StreamOption = None,
    workers: WorkersOption = None,
    skip_broken: SkipBrokenOption = False,
    json_file: JsonOption = None,
    confusion: Annotated[
        _File, typer.Option("--confusion", help="Draw the confusion matrix.")
    ] = None,
    mistakes: MistakesOption = None,
) -> None:
    """Print accuracy and loss of a trained network on a set."""
    keep_programs()
    with usage_errors():
        from ._figures import check_outputs, draw_confusion, draw_mistakes, write_all, write_json

        drawn = {"--confusion": confusion, "--mistakes": mistakes}
        check_outputs({"--json": json_file, **drawn}, tuple(drawn))

        from jaxcnn import training
        from jaxcnn.transfer import load_model

        from ._datasets import Reading, load_part
        from ._prepared import load_prepared, preprocessing_of

        model = load_model(file)
        reading = Reading(stream, workers, skip_broken)
        if model.preprocessing is None:
            part = load_part(data, split, size, label, reading=reading)
        else:
            rule = preprocessing_of(model, size)
            part = load_prepared(data, split, rule, reading=reading)
        _check_classes(file, model.class_names, data, part.class_names)
        found = training.evaluate(model, part.to_judge(batch_size), batch_size=batch_size)
        typer.echo(
            f"{file} on {data}, {split}: accuracy {found.accuracy:.4f} "
            f"({found.correct} of {len(found.labels)}), loss {found.loss:.4f}"
        )
        result = {
            "model": str(file),
            "data": data,
            "split": split,
            "accuracy": found.accuracy,
            "loss": found.loss,
            "examples": len(found.labels),
            "confusion": found.confusion.tolist(),
        }
        write_all(
            ("--confusion", confusion, partial(draw_confusion, part, found)),
            ("--mistakes", mistakes, partial(draw_mistakes, part, found)),
            ("--json", json_file, partial(write_json, result)),
        )


def _check_classes(
    file: Path, known: tuple[str, ...] | None, data: str, asked: tuple[str, ...]
) -> None:
    """Refuses a set with another number of classes, and names the first that is called otherwise.

    Raises:
        ValueError: The numbers differ.
    """
    if known is None or known == asked:
        return
    if len(known) != len(asked):
        raise ValueError(
            f"--data (={data!r}) must have the {len(known)} classes of {file}, but has {len(asked)}"
        )
    one, other = next(pair for pair in zip(known, asked, strict=True) if pair[0] != pair[1])
    typer.echo(f"jaxcnn: what {file} calls {one!r} is {other!r} in {data}", err=True)
