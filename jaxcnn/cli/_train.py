"""The command that trains a network."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from ._compilation import keep_programs
from ._output import only_python_prints, print_training
from ._stopping import ends_together, leaves_at_once, stops
from ._usage import (
    DATA_HELP,
    CheckpointsOption,
    CheckpointStepsOption,
    ConfusionOption,
    CurvesOption,
    HistoryOption,
    JsonOption,
    MistakesOption,
    ModelArgument,
    ResumeOption,
    SkipBrokenOption,
    StreamOption,
    UprightOption,
    WorkersOption,
    usage_errors,
)

_Int = int | None
_Float = float | None
_File = Path | None


def train(
    model: ModelArgument,
    data: Annotated[
        str | None,
        typer.Option("--data", help=f"{DATA_HELP} Required."),
    ] = None,
    size: Annotated[
        _Int, typer.Option("--size", help="Height and width that images are brought to.")
    ] = None,
    label: Annotated[
        str | None,
        typer.Option("--label", help="Which label, such as direction of moving_digits."),
    ] = None,
    epochs: Annotated[
        _Int,
        typer.Option("--epochs", help="Passes over the set; by default more with a small set."),
    ] = None,
    batch_size: Annotated[
        _Int,
        typer.Option(
            "--batch-size", help="Examples in a batch; by default fewer with a small set."
        ),
    ] = None,
    learning_rate: Annotated[
        _Float, typer.Option("--learning-rate", help="Its highest value.")
    ] = None,
    optimizer: Annotated[
        str | None, typer.Option("--optimizer", help="sgd, adam, adamw or rmsprop.")
    ] = None,
    schedule: Annotated[
        str | None, typer.Option("--schedule", help="constant, cosine, linear or step.")
    ] = None,
    weight_decay: Annotated[_Float, typer.Option("--weight-decay", help="Of kernels.")] = None,
    seed: Annotated[_Int, typer.Option("--seed", help="Of weights, order, augmentation.")] = None,
    augment: Annotated[
        str | None, typer.Option("--augment", help="course, digits or photos.")
    ] = None,
    mixed_precision: Annotated[
        bool | None, typer.Option("--mixed-precision/--full-precision", help="Compute in bfloat16.")
    ] = None,
    accumulate: Annotated[_Int, typer.Option("--accumulate", help="Batches in one update.")] = None,
    patience: Annotated[
        _Int,
        typer.Option(
            "--patience", help="Stop after so many epochs without progress, keep the best."
        ),
    ] = None,
    validation: Annotated[
        _Float,
        typer.Option(
            "--validation",
            help="Share of the training set to watch instead of the test set; 0.1 with --patience.",
        ),
    ] = None,
    stream: StreamOption = None,
    workers: WorkersOption = None,
    skip_broken: SkipBrokenOption = False,
    upright: UprightOption = True,
    checkpoints: CheckpointsOption = None,
    checkpoint_steps: CheckpointStepsOption = None,
    resume: ResumeOption = False,
    distributed: Annotated[
        str | None,
        typer.Option("--distributed", help="Join others: HOST:PORT,PROCESSES,INDEX, or auto."),
    ] = None,
    config: Annotated[
        _File, typer.Option("--config", help="Options from a TOML file; those given here win.")
    ] = None,
    json_file: JsonOption = None,
    history_file: HistoryOption = None,
    curves: CurvesOption = None,
    confusion: ConfusionOption = None,
    mistakes: MistakesOption = None,
    output: Annotated[
        _File, typer.Option("--output", "-o", help="Write the network, such as net.safetensors.")
    ] = None,
) -> None:
    """Train a network on a set, and say how good it is on the set's test part.

    What is not given has a default for each network. Ctrl-C takes a checkpoint first.
    """
    from jaxcnn.runtime import keep_freed_memory

    files = {"--json": json_file, "--history": history_file, "--output": output}
    drawn = {"--curves": curves, "--confusion": confusion, "--mistakes": mistakes}
    given = {
        "data": data,
        "size": size,
        "label": label,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "optimizer": optimizer,
        "schedule": schedule,
        "warmup": None,
        "momentum": None,
        "weight_decay": weight_decay,
        "clip": None,
        "label_smoothing": None,
        "seed": seed,
        "augment": augment,
        "mixed_precision": mixed_precision,
        "accumulate": accumulate,
        "patience": patience,
        "validation": validation,
        "stream": stream,
        "workers": workers,
        "skip_broken": skip_broken or None,
        "upright": None if upright else False,
    }
    alone = contextlib.nullcontext()
    with (
        alone if distributed is None else ends_together(),
        leaves_at_once(checkpoints) as over,
        usage_errors(),
    ):
        keep_programs()
        keep_freed_memory()
        from ._config import combined, read_config
        from ._figures import check_outputs, write_training

        check_outputs({**files, **drawn}, tuple(drawn))
        options = combined(read_config(config), given)
        if "data" not in options:
            raise ValueError(
                "--data must name a set, such as mnist_10k, or a folder of class folders"
            )
        _join(distributed)
        from jaxcnn import training, workflows

        with stops(checkpoints):
            found = workflows.train(
                model,
                **options,
                checkpoints=checkpoints,
                checkpoint_steps=checkpoint_steps,
                resume=resume,
                progress=training.show_progress() if training.is_main_process() else None,
                done=over,
            )
        if training.is_main_process():
            print_training(found)
            write_training(found, {**files, **drawn})


def _join(distributed: str | None) -> None:
    if distributed is None:
        return
    from jaxcnn.training import start_distributed

    address, *numbers = distributed.split(",")
    auto = distributed == "auto"
    if not auto and (len(numbers) != 2 or not all(number.isdecimal() for number in numbers)):
        raise ValueError(
            f"--distributed (={distributed!r}) must be auto or HOST:PORT,PROCESSES,INDEX"
        )
    only_python_prints()
    if auto:
        start_distributed()
    else:
        start_distributed(address, int(numbers[0]), int(numbers[1]))
