"""The command that adapts a trained network to a set of one's own."""

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._compilation import keep_programs
from ._usage import (
    ConfusionOption,
    CurvesOption,
    HistoryOption,
    JsonOption,
    MistakesOption,
    usage_errors,
)

if TYPE_CHECKING:
    from jaxcnn.training import Evaluation, History

    from ._datasets import Part

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
    prepared as the network's file or publisher says.
    """
    keep_programs()
    from jaxcnn.runtime import keep_freed_memory

    keep_freed_memory()
    files = {"--json": json_file, "--history": history_file, "--output": output}
    drawn = {"--curves": curves, "--confusion": confusion, "--mistakes": mistakes}
    with usage_errors():
        from jaxcnn.training import Settings

        from ._figures import check_outputs

        check_outputs({**files, **drawn}, tuple(drawn))
        if epochs < 0 or head_epochs < 0 or not epochs + head_epochs:
            raise ValueError("--head-epochs and --epochs must be at least 0, and one of them more")
        for option, given in (("--train-from", train_from), ("--augment", augment)):
            if given is not None and not epochs:
                raise ValueError(
                    f"{option} (={given!r}) goes with --epochs: the head is trained alone"
                )
        plain = Settings(epochs=1, batch_size=batch_size, seed=seed)
        rest = plain.replace(learning_rate=learning_rate, optimizer="adamw", weight_decay=0.01)
        work = _Work(model, data, size)
        work.adapt(at, _sizes(hidden), dropout, seed)
        groups, before = _from(work.model, decay, train_from)  # refused before minutes of work
        if head_epochs:
            rate = 1 / work.inputs if head_rate is None else head_rate
            work.train_head(plain.replace(epochs=head_epochs, learning_rate=rate))
        if epochs:
            settings = rest.replace(epochs=epochs, warmup=0.1)
            work.train_more(settings, groups, before, augment)
        work.report(files, drawn)


def _sizes(text: str | None) -> tuple[int, ...]:
    parts = [] if text is None else text.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise ValueError(f"--hidden (={text!r}) must be sizes such as 64 or 256,64")
    return tuple(map(int, parts))


class _Work:
    """One adaptation: the set, the network, what is written in the end."""

    def __init__(self, name: str, data: str, size: int | None) -> None:
        from ._networks import trained
        from ._prepared import load_prepared, preprocessing_of

        self.name, self.data = name, data
        path = Path(name)
        known = path.suffix == ".safetensors" or path.is_file()
        self.base = trained(None, None, path) if known else trained(name, None, None)
        self.rule = preprocessing_of(self.base, size)
        self.train: Part = load_prepared(data, "train", self.rule)
        self.test: Part = load_prepared(data, "test", self.rule)
        self.history: History | None = None
        self.seconds = 0.0

    def adapt(self, at: str | None, hidden: tuple[int, ...], dropout: float, seed: int) -> None:
        """Replaces the head."""
        from jaxcnn.transfer import replace_head
        from jaxcnn.transfer._features import before_last_dense

        classes = len(self.train.class_names)
        self.kept = before_last_dense(self.base) if at is None else at
        self.model: Any = replace_head(
            self.base, classes, at=at, hidden=hidden, dropout=dropout, seed=seed
        )
        self.model.preprocessing = self.rule
        self.model.class_names = self.train.class_names

    @property
    def inputs(self) -> int:
        """How many numbers the new head reads; Adam moves a score by their sum times the rate."""
        from flax import nnx

        from jaxcnn.models._intermediates import layers_by_name
        from jaxcnn.transfer._cut import after

        layers = layers_by_name(after(self.model, self.kept.split("."))).values()
        return next(layer.in_features for layer in layers if isinstance(layer, nnx.Linear))

    def train_head(self, settings: Any) -> None:
        """Trains the new layers alone."""
        self._fit(settings, self.kept, None, None)

    def train_more(
        self, settings: Any, groups: list[Any], before: str | None, augment: str | None
    ) -> None:
        """Trains some groups; without augmentation, what comes before them is computed once."""
        from ._augmentations import augmentation

        chosen = None if augment is None else augmentation(augment)
        self._fit(settings, before if chosen is None else None, groups, chosen)

    def _fit(self, settings: Any, at: str | None, groups: Any, augment: Any) -> None:
        from jaxcnn import training

        from ._stopping import stops

        options: dict[str, Any] = {
            "validation": (self.test.images, self.test.labels),
            "groups": groups,
            "progress": training.show_progress(),
        }
        pair = (self.train.images, self.train.labels)
        began = time.monotonic()
        with stops(None):
            if at is not None:
                found = training.fit_after(self.model, pair, settings, at=at, **options)
            else:
                found = training.fit(self.model, pair, settings, augment=augment, **options)
        self.seconds += time.monotonic() - began  # with the features, which fit does not count
        self.history = found if self.history is None else _joined(self.history, found)

    def report(self, files: dict[str, Path | None], drawn: dict[str, Path | None]) -> None:
        """Judges the network and writes what was asked for."""
        from jaxcnn import training
        from jaxcnn.transfer import save_model

        from ._figures import write_training

        history = self.history
        assert history is not None
        found: Evaluation = training.evaluate(
            self.model, (self.test.images, self.test.labels), batch_size=50
        )
        seconds = round(self.seconds, 1)
        typer.echo(
            f"{self.name} on {self.data}: test accuracy {found.accuracy:.4f} ({found.correct} of "
            f"{len(found.labels)}), {len(history)} epochs, {seconds:.1f} s"
        )
        result = {
            "model": self.name,
            "data": self.data,
            "epochs": len(history),
            "seconds": seconds,
            "test_accuracy": found.accuracy,
            "history": history.rows,
        }
        write_training(
            self.test, found, history, result, partial(save_model, self.model), {**files, **drawn}
        )


def _from(model: Any, decay: float, name: str | None) -> tuple[list[Any], str | None]:
    """The groups from a layer on, and the path of the layer before, if there is one."""
    from jaxcnn.models import layer_names
    from jaxcnn.models._intermediates import check_names
    from jaxcnn.transfer import layerwise_rates

    groups = layerwise_rates(model, decay)
    if name is None:
        return groups, None
    check_names(model, [name], "--train-from")
    names = layer_names(model)
    first = next(i for i, other in enumerate(names) if f"{other}.".startswith(f"{name}."))
    kept = [group for group in groups if any(names.index(path) >= first for path in group.paths)]
    return kept, names[first - 1] if first else None


def _joined(first: "History", second: "History") -> "History":
    """One history: epochs, steps and seconds go on."""
    from jaxcnn.training import History

    last = first.rows[-1]
    rows = [
        {**row, **{key: round(row[key] + last[key], 3) for key in ("epoch", "step", "seconds")}}
        for row in second.rows
    ]
    return History([*first.rows, *rows])
