"""The command that fine-tunes a trained network on a set of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from ._compilation import keep_programs
from ._output import print_training
from ._stopping import leaves_at_once, stops
from ._usage import (
    CheckpointsOption,
    CheckpointStepsOption,
    ConfusionOption,
    CurvesOption,
    DataOption,
    HistoryOption,
    JsonOption,
    MistakesOption,
    ResumeOption,
    SkipBrokenOption,
    StreamOption,
    TrainedArgument,
    UprightOption,
    WorkersOption,
    usage_errors,
)

_Int = int | None
_Float = float | None
_File = Path | None


def finetune(
    model: TrainedArgument,
    data: DataOption,
    at: Annotated[
        str | None,
        typer.Option("--at", help="Last layer that is kept, such as features.layer2."),
    ] = None,
    hidden: Annotated[
        str | None, typer.Option("--hidden", help="Sizes of dense layers in the head, such as 64.")
    ] = None,
    dropout: Annotated[float, typer.Option("--dropout", help="Rate in the new head.")] = 0.0,
    head_epochs: Annotated[
        _Int,
        typer.Option(
            "--head-epochs",
            help="Epochs of the head alone, on fixed features; default: 10, more with a small set.",
        ),
    ] = None,
    epochs: Annotated[
        int, typer.Option("--epochs", help="Epochs of more layers after that; 0: the head only.")
    ] = 0,
    train_from: Annotated[
        str | None,
        typer.Option("--train-from", help="First layer that --epochs train; default: the first."),
    ] = None,
    decay: Annotated[
        float, typer.Option("--decay", help="Learning-rate decay from a layer to the one before.")
    ] = 0.8,
    unfreeze_every: Annotated[
        _Int,
        typer.Option(
            "--unfreeze-every", help="Epochs between a layer and the one before joining it."
        ),
    ] = None,
    batch_size: Annotated[
        _Int,
        typer.Option(
            "--batch-size", help="Examples in a batch; default: 32, fewer with a small set."
        ),
    ] = None,
    head_rate: Annotated[
        _Float,
        typer.Option("--head-rate", help="Its highest learning rate; default: 1 / inputs."),
    ] = None,
    learning_rate: Annotated[
        float, typer.Option("--learning-rate", help="Highest learning rate of the last layer then.")
    ] = 1e-4,
    augment: Annotated[
        str | None, typer.Option("--augment", help="course, digits or photos; for --epochs.")
    ] = None,
    size: Annotated[
        _Int, typer.Option("--size", help="Height and width, if not those of the network.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of new weights, order, augmentation.")] = 0,
    validation: Annotated[
        _Float,
        typer.Option(
            "--validation", help="Share of the training set to watch instead of the test set."
        ),
    ] = None,
    stream: StreamOption = None,
    workers: WorkersOption = None,
    skip_broken: SkipBrokenOption = False,
    upright: UprightOption = True,
    checkpoints: CheckpointsOption = None,
    checkpoint_steps: CheckpointStepsOption = None,
    resume: ResumeOption = False,
    json_file: JsonOption = None,
    history_file: HistoryOption = None,
    curves: CurvesOption = None,
    confusion: ConfusionOption = None,
    mistakes: MistakesOption = None,
    output: Annotated[
        _File, typer.Option("--output", "-o", help="Write the network, such as ants.safetensors.")
    ] = None,
) -> None:
    """Fine-tune a trained network on a set of your own, and say how good it is.

    First the head is trained on what the other layers compute, which is computed once: seconds.
    With --epochs, the layers from --train-from on then learn too, those near the input more slowly;
    without --augment, what the layers before them compute is again computed once. Images are
    prepared as the network's file or publisher says. Ctrl-C takes a checkpoint first.
    """
    from jaxcnn.runtime import keep_freed_memory

    files = {"--json": json_file, "--history": history_file, "--output": output}
    drawn = {"--curves": curves, "--confusion": confusion, "--mistakes": mistakes}
    with leaves_at_once(checkpoints) as over, usage_errors():
        keep_programs()
        keep_freed_memory()
        from jaxcnn import training, workflows

        from ._figures import check_outputs, write_training

        check_outputs({**files, **drawn}, tuple(drawn))
        folders = () if checkpoints is None else tuple(checkpoints / n for n in ("head", "layers"))
        with stops(*folders):
            found = workflows.finetune(
                model,
                data,
                at=at,
                hidden=_sizes(hidden),
                dropout=dropout,
                head_epochs=head_epochs,
                epochs=epochs,
                train_from=train_from,
                decay=decay,
                unfreeze_every=unfreeze_every,
                batch_size=batch_size,
                head_rate=head_rate,
                learning_rate=learning_rate,
                augment=augment,
                size=size,
                seed=seed,
                validation=validation,
                stream=stream,
                workers=workers,
                skip_broken=skip_broken,
                upright=upright,
                checkpoints=checkpoints,
                checkpoint_steps=checkpoint_steps,
                resume=resume,
                progress=training.show_progress,
                done=over,
            )
        print_training(found)
        write_training(found, {**files, **drawn})


def _sizes(text: str | None) -> tuple[int, ...]:
    parts = [] if text is None else text.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise ValueError(f"--hidden (={text!r}) must be sizes such as 64 or 256,64")
    return tuple(map(int, parts))
