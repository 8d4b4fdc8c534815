"""Fine-tunes a trained network on a set of one's own."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
from flax import nnx

from jaxcnn._files import sha256_of
from jaxcnn.analysis import output_shapes
from jaxcnn.models._intermediates import layers_by_name
from jaxcnn.nn import Dropout
from jaxcnn.training import History, Settings, fit, fit_after
from jaxcnn.training import evaluate as judge
from jaxcnn.transfer import Group, replace_head
from jaxcnn.transfer._cut import after
from jaxcnn.transfer._features import before_last_dense
from jaxcnn.transfer._groups import has_match

from ._augmentations import augmentation
from ._length import head_suited, tell_if_few
from ._networks import load_network, names_file
from ._parts import Part, Reading, StreamedPart, hold_out, tell_unused
from ._phases import Phases
from ._prepared import load_prepared, preprocessing_of
from ._trained import TrainingResult
from ._unfreezing import chosen_groups

if TYPE_CHECKING:
    from jaxcnn.training import Progress

FEATURES_IN_MEMORY = 2**32  # bytes; what is more is computed again in every epoch
_AT_ONCE = 32  # images of which features are computed
_JUDGED_AT_ONCE = 50
_HEAD: dict[str, Any] = {"epochs": 10, "batch_size": 32}
_WARMUP = 0.1
_DECAY_OF_WEIGHTS = 0.01


def finetune(
    model: str | os.PathLike[str],
    data: str | os.PathLike[str],
    *,
    at: str | None = None,
    hidden: Sequence[int] = (),
    dropout: float = 0.0,
    head_epochs: int | None = None,
    epochs: int = 0,
    train_from: str | None = None,
    decay: float = 0.8,
    unfreeze_every: int | None = None,
    batch_size: int | None = None,
    head_rate: float | None = None,
    learning_rate: float = 1e-4,
    augment: str | None = None,
    size: int | None = None,
    seed: int = 0,
    validation: float | None = None,
    stream: bool | None = None,
    workers: int | None = None,
    skip_broken: bool = False,
    upright: bool = True,
    checkpoints: str | os.PathLike[str] | None = None,
    checkpoint_steps: int | None = None,
    resume: bool = False,
    progress: Callable[[], "Progress"] | None = None,
    done: Callable[[], Any] = lambda: None,
) -> TrainingResult:
    """Fine-tunes a trained network on a set of one's own, and says how good it is on the set's test part.

    First the head is trained on what the other layers compute, which is computed once: seconds. With
    ``epochs``, the layers from ``train_from`` on then learn too, those near the input more slowly;
    without ``augment``, what the layers before them compute is again computed once.

    Args:
        model: A network with published weights, or a file that `jaxcnn.transfer.save_model` wrote.
        data: A set or a folder, as `jaxcnn.data.load` takes it.
        at: The last layer that is kept, such as ``"features.layer2"``; None keeps all but the last
            dense one.
        hidden: Sizes of dense layers in the head.
        dropout: Dropout rate in the new head.
        head_epochs: Epochs of the head alone; None means 10, or more with a small set.
        epochs: Epochs of more layers after that; 0 trains the head only.
        train_from: The first layer that ``epochs`` train; None means the first.
        decay: Layer-wise learning-rate decay: the factor from a layer to the one before.
        unfreeze_every: Epochs between a layer and the one before joining it; None trains all at once.
        batch_size: Examples in a batch; None means 32, or fewer with a small set.
        head_rate: Highest learning rate of the head alone; None means 1 / its inputs.
        learning_rate: Highest learning rate of the last layer in ``epochs``.
        augment: ``"course"``, ``"digits"`` or ``"photos"``, for ``epochs``.
        size: Height and width, if not those of the network.
        seed: Of new weights, order, augmentation.
        validation: Share of the training set to watch instead of the test set.
        stream: Whether batches are read when they are needed; None does that with large sets.
        workers: Processes that read a stream; 0 for threads.
        skip_broken: Whether images that cannot be decoded are left out.
        upright: Whether photographs are turned as their EXIF orientation says.
        checkpoints: Folder for checkpoints, one after each epoch.
        checkpoint_steps: One also after so many batches.
        resume: Whether to go on from the newest checkpoint.
        progress: Makes what is told how it goes, once for the head and once for more layers, such as
            `jaxcnn.training.show_progress`.
        done: Called when nothing is left to be put in order after an interruption.

    Returns:
        The network, its history, and how it does on the test part.

    Raises:
        ValueError: There is no such network, set or layer, or a value is out of range.
        OSError: The network's weights cannot be had.
        DivergedError: A loss is not finite.
        CheckpointError: A checkpoint cannot be written or read.

    A `TrainingWarning` tells of fewer than a hundred steps in all, a `DataWarning` of images that are not used.

    >>> finetune("resnet8_clothing", "photos", epochs=0, head_epochs=0)
    Traceback (most recent call last):
    ValueError: head_epochs and epochs must be at least 0, and one of them more
    """
    name, data = os.fspath(model), os.fspath(data)
    if epochs < 0 or (head_epochs or 0) < 0 or not (epochs or head_epochs is None or head_epochs):
        raise ValueError("head_epochs and epochs must be at least 0, and one of them more")
    later = {"train_from": train_from, "unfreeze_every": unfreeze_every, "augment": augment}
    for option, given in later.items():
        if given is not None and not epochs:
            raise ValueError(f"{option} (={given!r}) goes with `epochs`: the head is trained alone")
    chosen: dict[str, Any] = {"epochs": head_epochs or None, "batch_size": batch_size}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    plain = Settings(**{**_HEAD, **chosen}, seed=seed)
    rest = plain.replace(
        learning_rate=learning_rate, optimizer="adamw", weight_decay=_DECAY_OF_WEIGHTS
    )
    transform = None if augment is None else augmentation(augment)
    phases = Phases(checkpoints, ("head", "layers"), checkpoint_steps, resume)
    base = load_network(model)
    rule = preprocessing_of(base, size)
    reading = Reading(stream, workers, skip_broken, upright)
    learned, test = (
        load_prepared(data, split, rule, reading=reading) for split in ("train", "test")
    )
    tell_unused(data, (learned, test))
    learn, watch = learned, test
    if validation is not None:
        learn, watch = hold_out(learned, validation, seed)
    plain = head_suited(plain, chosen, len(learn))
    head_epochs = plain.epochs if head_epochs is None else head_epochs
    kept = before_last_dense(base) if at is None else at
    network: Any = replace_head(
        base, len(learned.class_names), at=at, hidden=hidden, dropout=dropout, seed=seed
    )
    network.preprocessing, network.class_names = rule, learned.class_names
    groups, before = chosen_groups(network, decay, train_from, unfreeze_every)
    phases.check(
        {
            "model": sha256_of(Path(model)) if names_file(model) else name,
            "classes": list(learned.class_names),
            "at": at,
            "hidden": list(hidden),
            "dropout": dropout,
            "size": size,
            "seed": seed,
            "validation": validation,
            "head_epochs": head_epochs,
            **later,
            "decay": decay,
        },
        free=() if phases.has("layers") else ("head_epochs", *later, "decay"),
    )
    work = _Phase(network, learn, watch, phases, progress)
    history = History()
    if head_epochs:
        rate = 1 / _inputs(network, kept) if head_rate is None else head_rate
        fixed, new = _divided(network, kept)
        head = [Group(tuple(path for path in new if has_match(network, path)))]
        settings = plain.replace(learning_rate=rate)
        history = work.fit("head", settings, fixed, head)
    if epochs:
        settings = rest.replace(epochs=epochs, batch_size=plain.batch_size, warmup=_WARMUP)
        fixed = before if transform is None else None
        history = _joined(history, work.fit("layers", settings, fixed, groups, transform))
    done()
    tell_if_few(head_epochs + epochs, plain.batch_size, len(learn))
    found = judge(network, test.to_judge(_JUDGED_AT_ONCE), batch_size=_JUDGED_AT_ONCE)
    return TrainingResult(network, name, data, history, found, test)


@dataclass(frozen=True)
class _Phase:
    """What the phases of an adaptation have in common."""

    model: Any
    learn: Part | StreamedPart
    watch: Part | StreamedPart
    phases: Phases
    progress: Callable[[], "Progress"] | None

    def fit(
        self,
        phase: str,
        settings: Settings,
        at: str | None,
        groups: Sequence[Group],
        augment: Callable[..., Any] | None = None,
    ) -> History:
        """Trains some groups; what comes before ``at`` is computed once, if it is given."""
        options: dict[str, Any] = {
            "groups": groups,
            "progress": None if self.progress is None else self.progress(),
            **self.phases.options(phase),
        }
        if at is not None and self._features_fit(at):
            return fit_after(
                self.model,
                self.learn.to_judge(_AT_ONCE),
                settings,
                at=at,
                validation=self.watch.to_judge(_AT_ONCE),
                **options,
            )
        return fit(
            self.model,
            self.learn.to_learn(settings.batch_size, settings.seed),
            settings,
            validation=self.watch.to_judge(),
            augment=augment,
            **options,
        )

    def _features_fit(self, at: str) -> bool:
        """Whether what a layer computes of all images may be kept in memory."""
        numbers = prod(output_shapes(self.model, self.learn.shape)[at])
        return 4 * numbers * (len(self.learn) + len(self.watch)) <= FEATURES_IN_MEMORY


def _inputs(model: Any, kept: str) -> int:
    """How many numbers the new head reads; Adam moves a score by their sum times the rate."""
    layers = layers_by_name(after(model, kept.split("."))).values()
    return next(layer.in_features for layer in layers if isinstance(layer, nnx.Linear))


def _divided(model: Any, kept: str) -> tuple[str, list[str]]:
    """Of a network that is frozen up to a part, the last layer before which nothing changes.

    Returns:
        Its path, and the paths of all layers after the part.
    """

    def changes(layer: Any) -> bool:
        held = jax.tree.leaves(nnx.state(layer)) if isinstance(layer, nnx.Module) else ()
        return bool(held) or isinstance(layer, Dropout)

    layers = layers_by_name(model)
    names = list(layers)
    start = max(i for i, name in enumerate(names) if f"{name}.".startswith(f"{kept}.")) + 1
    first = next(i for i in range(start, len(names)) if changes(layers[names[i]]))
    return names[first - 1], names[start:]


def _joined(first: History, second: History) -> History:
    """One history: epochs and steps go on."""
    last = first.rows[-1] if len(first) else {"epoch": 0, "step": 0}
    rows = [
        {**row, **{key: row[key] + last[key] for key in ("epoch", "step")}} for row in second.rows
    ]
    return History([*first.rows, *rows])
