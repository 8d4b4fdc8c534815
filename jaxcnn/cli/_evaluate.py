"""The command that evaluates a trained network."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ._compilation import keep_programs
from ._usage import (
    DataOption,
    JsonOption,
    MistakesOption,
    SkipBrokenOption,
    StreamOption,
    TrainedArgument,
    UprightOption,
    WorkersOption,
    usage_errors,
)

_File = Path | None


def evaluate(
    model: TrainedArgument,
    data: DataOption,
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
    upright: UprightOption = True,
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

        from jaxcnn import workflows

        judged = workflows.evaluate(
            model,
            data,
            split=split,
            size=size,
            label=label,
            batch_size=batch_size,
            stream=stream,
            workers=workers,
            skip_broken=skip_broken,
            upright=upright,
        )
        found = judged.evaluation
        typer.echo(
            f"{model} on {data}, {split}: accuracy {found.accuracy:.4f} "
            f"({found.correct} of {len(found.labels)}), loss {found.loss:.4f}"
        )
        write_all(
            ("--confusion", confusion, partial(draw_confusion, judged.part, found)),
            ("--mistakes", mistakes, partial(draw_mistakes, judged.part, found)),
            ("--json", json_file, partial(write_json, judged.to_dict())),
        )
