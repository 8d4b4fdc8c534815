"""A trained network, a set of one's own, and the phases in which the one learns the other."""

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from jaxcnn.training import History, Settings
    from jaxcnn.transfer import Group

    from ._datasets import Reading
    from ._phases import Phases

FEATURES_IN_MEMORY = 2**32  # bytes; what is more is computed again in every epoch
_AT_ONCE = 32  # images of which features are computed
_JUDGED_AT_ONCE = 50


class Adaptation:
    """One adaptation: the network, the set, what is written in the end.

    Args:
        name: A network with published weights, or a file.
        phases: Where checkpoints go.

    Raises:
        ValueError: There is no such network.
        OSError: Its weights cannot be had.
    """

    def __init__(self, name: str, phases: "Phases") -> None:
        from ._networks import trained

        self.name, self.phases = name, phases
        path = Path(name)
        known = path.suffix == ".safetensors" or path.is_file()
        self.file = path if known else None
        self.base = trained(None, None, path) if known else trained(name, None, None)
        self.history: History | None = None

    def open(
        self,
        data: str,
        size: int | None,
        reading: "Reading",
        validation: float | None,
        seed: int,
    ) -> None:
        """Opens the set, its images prepared as the network says."""
        from ._datasets import hold_out
        from ._prepared import load_prepared, preprocessing_of

        self.data, self.rule = data, preprocessing_of(self.base, size)
        self.train, self.test = (
            load_prepared(data, split, self.rule, reading=reading) for split in ("train", "test")
        )
        self.learn, self.watch = self.train, self.test
        if validation is not None:
            self.learn, self.watch = hold_out(self.train, validation, seed)

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

    def begin(self, choices: Mapping[str, Any], later: Mapping[str, Any]) -> None:
        """Sees to it that the checkpoints, if there are any, are of this adaptation.

        Args:
            choices: Options that decide what the head learns.
            later: Those that decide what more layers learn.
        """
        from jaxcnn._files import sha256_of

        network = self.name if self.file is None else sha256_of(self.file)
        classes = list(self.train.class_names)
        free = () if self.phases.has("layers") else ("--head-epochs", *later)
        self.phases.check({"MODEL": network, "classes": classes, **choices, **later}, free)

    @property
    def inputs(self) -> int:
        """How many numbers the new head reads; Adam moves a score by their sum times the rate."""
        from flax import nnx

        from jaxcnn.models._intermediates import layers_by_name
        from jaxcnn.transfer._cut import after

        layers = layers_by_name(after(self.model, self.kept.split("."))).values()
        return next(layer.in_features for layer in layers if isinstance(layer, nnx.Linear))

    def train_head(self, settings: "Settings") -> None:
        """Trains the new layers alone."""
        from jaxcnn.transfer import Group
        from jaxcnn.transfer._groups import has_match

        fixed, new = _divided(self.model, self.kept)
        paths = tuple(name for name in new if has_match(self.model, name))
        self._fit("head", settings, fixed, [Group(paths)])

    def train_more(
        self,
        settings: "Settings",
        groups: list["Group"],
        before: str | None,
        augment: Callable[..., Any] | None,
    ) -> None:
        """Trains some groups; without augmentation, what comes before them is computed once."""
        self._fit("layers", settings, before if augment is None else None, groups, augment)

    def _fit(
        self,
        phase: str,
        settings: "Settings",
        at: str | None,
        groups: list["Group"],
        augment: Callable[..., Any] | None = None,
    ) -> None:
        from jaxcnn import training

        options: dict[str, Any] = {
            "groups": groups,
            "progress": training.show_progress(),
            **self.phases.options(phase),
        }
        if at is not None and self._features_fit(at):
            found = training.fit_after(
                self.model,
                self.learn.to_judge(_AT_ONCE),
                settings,
                at=at,
                validation=self.watch.to_judge(_AT_ONCE),
                **options,
            )
        else:
            found = training.fit(
                self.model,
                self.learn.to_learn(settings.batch_size, settings.seed),
                settings,
                validation=self.watch.to_judge(),
                augment=augment,
                **options,
            )
        self.history = found if self.history is None else _joined(self.history, found)

    def _features_fit(self, at: str) -> bool:
        """Whether what a layer computes of all images may be kept in memory."""
        from jaxcnn.analysis import output_shapes

        numbers = prod(output_shapes(self.model, self.train.shape)[at])
        return 4 * numbers * (len(self.learn) + len(self.watch)) <= FEATURES_IN_MEMORY

    def report(self, files: dict[str, Path | None], drawn: dict[str, Path | None]) -> None:
        """Judges the network and writes what was asked for."""
        from jaxcnn import training
        from jaxcnn.transfer import save_model

        from ._figures import write_training

        history = self.history
        assert history is not None
        found = training.evaluate(
            self.model, self.test.to_judge(_JUDGED_AT_ONCE), batch_size=_JUDGED_AT_ONCE
        )
        seconds = history["seconds"][-1]
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


def chosen_groups(
    model: Any, decay: float, name: str | None, every: int | None
) -> tuple[list["Group"], str | None]:
    """The groups from a layer on, and the path of the layer before, if there is one.

    Args:
        model: The network with its new head.
        decay: Factor of the rate from one group to the one before.
        name: The first layer that is trained; None means all are.
        every: Epochs after which one more group joins, the last layer first; None means that all
            are trained from the beginning.

    Raises:
        ValueError: There is no such layer, or a number is out of range.
    """
    from jaxcnn.models import layer_names
    from jaxcnn.models._intermediates import check_names
    from jaxcnn.transfer import layerwise_rates

    if every is not None and every < 1:
        raise ValueError(f"--unfreeze-every (={every}) must be at least 1")
    groups, before = layerwise_rates(model, decay), None
    if name is not None:
        check_names(model, [name], "--train-from")
        names = layer_names(model)
        first = next(i for i, other in enumerate(names) if f"{other}.".startswith(f"{name}."))
        groups = [g for g in groups if any(names.index(path) >= first for path in g.paths)]
        before = names[first - 1] if first else None
    if every is not None:
        groups = [dataclasses.replace(g, start=1 + i * every) for i, g in enumerate(groups)]
    return groups, before


def _divided(model: Any, kept: str) -> tuple[str, list[str]]:
    """Of a network that is frozen up to a part, the last layer before which nothing changes.

    Returns:
        Its path, and the paths of all layers after the part.
    """
    import jax
    from flax import nnx

    from jaxcnn.models._intermediates import layers_by_name
    from jaxcnn.nn import Dropout

    def changes(layer: Any) -> bool:
        held = jax.tree.leaves(nnx.state(layer)) if isinstance(layer, nnx.Module) else ()
        return bool(held) or isinstance(layer, Dropout)

    layers = layers_by_name(model)
    names = list(layers)
    start = max(i for i, name in enumerate(names) if f"{name}.".startswith(f"{kept}.")) + 1
    first = next(i for i in range(start, len(names)) if changes(layers[names[i]]))
    return names[first - 1], names[start:]


def _joined(first: "History", second: "History") -> "History":
    """One history: epochs, steps and seconds go on."""
    from jaxcnn.training import History

    last = first.rows[-1]
    rows = [
        {**row, **{key: round(row[key] + last[key], 3) for key in ("epoch", "step", "seconds")}}
        for row in second.rows
    ]
    return History([*first.rows, *rows])
