"""The command that adapts a trained network to a set of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from ._compilation import keep_programs
from ._stopping import leaves_at_once, stops
from ._usage import (
    CheckpointsOption,
    CheckpointStepsOption,
    ConfusionOption,
    CurvesOption,
    HistoryOption,
    JsonOption,
    MistakesOption,
    ResumeOption,
    SkipBrokenOption,
    StreamOption,
    WorkersOption,
    usage_errors,
)

_Int = int | None
_Float = float | None
_File = Path | None


def finetune(
    model: Annotated[
        str, typer.Argument(help="A network with published weights, or a file of `train -o`.")
    ],
    data: Annotated[str, typer.Option("--data", help="Folder of class folders, or name of a set.")],
    at: Annotated[
        str | None,
        typer.Option("--at", help="Last layer that is kept, such as features.layer2."),
    ] = None,
    hidden: Annotated[
        str | None, typer.Option("--hidden", help="Sizes of dense layers in the head, such as 64.")
    ] = None,
    dropout: Annotated[float, typer.Option("--dropout", help="Rate in the new head.")] = 0.0,
    head_epochs: Annotated[
        int, typer.Option("--head-epochs", help="Epochs of the head alone, on fixed features.")
    ] = 10,
    epochs: Annotated[
        int, typer.Option("--epochs", help="Epochs of more layers after that; 0: the head only.")
    ] = 0,
    train_from: Annotated[
        str | None,
        typer.Option("--train-from", help="First layer that --epochs train; default: the first."),
    ] = None,
    decay: Annotated[
        float, typer.Option("--decay", help="Factor of the rate from a layer to the one before.")
    ] = 0.8,
    unfreeze_every: Annotated[
        _Int,
        typer.Option(
            "--unfreeze-every", help="Epochs between a layer and the one before joining it."
        ),
    ] = None,
    batch_size: Annotated[int, typer.Option("--batch-size", help="Examples in a batch.")] = 32,
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
    """Adapt a trained network to a set of your own, and say how good it is.

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
        from jaxcnn.training import Settings

        from ._adaptation import Adaptation, chosen_groups
        from ._augmentations import augmentation as named
        from ._datasets import Reading
        from ._figures import check_outputs
        from ._phases import Phases

        check_outputs({**files, **drawn}, tuple(drawn))
        if epochs < 0 or head_epochs < 0 or not epochs + head_epochs:
            raise ValueError("--head-epochs and --epochs must be at least 0, and one of them more")
        later = {
            "--train-from": train_from,
            "--unfreeze-every": unfreeze_every,
            "--augment": augment,
        }
        for option, given in later.items():
            if given is not None and not epochs:
                raise ValueError(
                    f"{option} (={given!r}) goes with --epochs: the head is trained alone"
                )
        plain = Settings(epochs=1, batch_size=batch_size, seed=seed)
        rest = plain.replace(learning_rate=learning_rate, optimizer="adamw", weight_decay=0.01)
        names = ("head", "layers")
        work = Adaptation(model, Phases(checkpoints, names, checkpoint_steps, resume))
        work.open(data, size, Reading(stream, workers, skip_broken), validation, seed)
        work.adapt(at, _sizes(hidden), dropout, seed)
        groups, before = chosen_groups(work.model, decay, train_from, unfreeze_every)
        augmentation = None if augment is None else named(augment)
        with stops(*work.phases.folders):
            work.begin(
                {
                    "--at": at,
                    "--hidden": hidden,
                    "--dropout": dropout,
                    "--size": size,
                    "--seed": seed,
                    "--validation": validation,
                    "--head-epochs": head_epochs,
                },
                {**later, "--decay": decay},
            )
            if head_epochs:
                rate = 1 / work.inputs if head_rate is None else head_rate
                work.train_head(plain.replace(epochs=head_epochs, learning_rate=rate))
            if epochs:
                settings = rest.replace(epochs=epochs, warmup=0.1)
                work.train_more(settings, groups, before, augmentation)
        over()
        work.report(files, drawn)


def _sizes(text: str | None) -> tuple[int, ...]:
    parts = [] if text is None else text.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise ValueError(f"--hidden (={text!r}) must be sizes such as 64 or 256,64")
    return tuple(map(int, parts))
