"""The command that trains a network."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._compilation import keep_programs
from ._output import only_python_prints
from ._stopping import ends_together, leaves_at_once, stops
from ._usage import (
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
    WorkersOption,
    check_checkpoints,
    usage_errors,
)

if TYPE_CHECKING:
    from jaxcnn.training import History, Settings

_Int = int | None
_Float = float | None
_File = Path | None


def train(
    model: ModelArgument,
    data: Annotated[
        str | None, typer.Option("--data", help="Name of a set, such as mnist_10k.")
    ] = None,
    size: Annotated[
        _Int, typer.Option("--size", help="Height and width that images are brought to.")
    ] = None,
    label: Annotated[
        str | None,
        typer.Option("--label", help="Which label, such as direction of moving_digits."),
    ] = None,
    epochs: Annotated[_Int, typer.Option("--epochs", help="Passes over the set.")] = None,
    batch_size: Annotated[_Int, typer.Option("--batch-size", help="Examples in a batch.")] = None,
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
    }
    alone = contextlib.nullcontext()
    with (
        alone if distributed is None else ends_together(),
        leaves_at_once(checkpoints) as over,
        usage_errors(),
    ):
        keep_programs()
        keep_freed_memory()
        from ._figures import check_outputs
        from ._train_options import combined, read_config, settings_for

        check_outputs({**files, **drawn}, tuple(drawn))
        options = combined(read_config(config), given)
        if "data" not in options:
            raise ValueError("--data must name a set, such as mnist_10k")
        check_checkpoints(checkpoints, checkpoint_steps, resume)
        _join(distributed)
        settings = settings_for(model, options)
        work = _Work(model, options, settings)
        with stops(checkpoints):
            history = work.fit(checkpoints, checkpoint_steps, resume)
            over()
            work.report(history, files, drawn)


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


class _Work:
    """One training from the command line: the set, the network, what is written in the end."""

    def __init__(self, name: str, options: dict[str, Any], settings: "Settings") -> None:
        from jaxcnn.models import create_model

        from ._augmentations import augmentation
        from ._datasets import Reading, hold_out, load_part

        self.name, self.options, self.settings = name, options, settings
        self.augment = augmentation(options["augment"]) if "augment" in options else None
        chosen = ("stream", "workers", "skip_broken")
        reading = Reading(**{name: options[name] for name in chosen if name in options})
        size, label = options.get("size"), options.get("label", "label")
        self.train, self.test = (
            load_part(options["data"], split, size, label, reading=reading)
            for split in ("train", "test")
        )
        if self.augment is not None and len(self.train.shape) != 3:
            # A batch of series has the axes of one image, and a video's frames would go apart.
            raise ValueError(
                f"--augment (={options['augment']!r}) is for images of (height, width, channels), but "
                f"{options['data']} has examples of {self.train.shape}"
            )
        self.learn, self.watch = self.train, self.test
        share = options.get("validation", 0.1 if settings.patience is not None else None)
        if share is not None:
            self.learn, self.watch = hold_out(self.train, share, settings.seed)
        self.model = create_model(
            name,
            num_classes=len(self.train.class_names),
            input_shape=self.train.shape,
            seed=settings.seed,
        )

    def fit(self, checkpoints: Path | None, every: int | None, resume: bool) -> "History":
        """Trains."""
        from jaxcnn import training

        return training.fit(
            self.model,
            self.learn.to_learn(self.settings.batch_size, self.settings.seed),
            self.settings,
            validation=self.watch.to_judge(),
            augment=self.augment,
            checkpoints=checkpoints,
            checkpoint_steps=every,
            resume=resume,
            progress=training.show_progress() if training.is_first_host() else None,
        )

    def report(
        self, history: "History", files: dict[str, Path | None], drawn: dict[str, Path | None]
    ) -> None:
        """Judges the network and writes what was asked for."""
        from jaxcnn import training

        from ._figures import write_training

        learned = training.evaluate(self.model, self.train.to_judge())
        found = training.evaluate(self.model, self.test.to_judge())
        if not training.is_first_host():
            return
        seconds = history["seconds"][-1]
        typer.echo(
            f"{self.name} on {self.options['data']}: test accuracy {found.accuracy:.4f} "
            f"({found.correct} of {len(found.labels)}), train accuracy {learned.accuracy:.4f}, "
            f"{len(history)} {'epoch' if len(history) == 1 else 'epochs'}, {seconds:.1f} s"
        )
        result = {
            "model": self.name,
            "data": self.options["data"],
            "epochs": len(history),
            "seconds": seconds,
            "train_accuracy": learned.accuracy,
            "test_accuracy": found.accuracy,
            "history": history.rows,
        }
        write_training(self.test, found, history, result, self._save, {**files, **drawn})

    def _save(self, path: Path) -> None:
        from jaxcnn.transfer import save_model

        save_model(self.model, path, class_names=self.train.class_names)
