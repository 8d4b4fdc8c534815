"""Trains a network: checks what was given, puts the loop together, and gives the model back."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from jaxcnn.functional._arguments import an_int
from jaxcnn.transfer import Group

from ._checkpoint import Checkpoints, occupied
from ._checks import check_labels
from ._errors import ProcessLostError
from ._frozen_numbers import check_random
from ._groups import Plan, make_plan
from ._history import History
from ._hosts import together
from ._job import Job, Step
from ._loop import Loop
from ._model_state import Blueprint, TrainState, take_apart
from ._optimizers import make_grouped_optimizer, make_optimizer, make_schedule
from ._parallel import Placement
from ._progress import Progress, Silence
from ._settings import Settings
from ._sources import (
    ArraySource,
    BatchSource,
    as_source,
    check_batches,
    first_images,
)
from ._step import Augment, Mix, StepOptions, count_classes, make_judge, make_train_step

JUDGED_AT_ONCE = 250


def fit(
    model: nnx.Module,
    data: Any,
    settings: Settings | None = None,
    *,
    validation: Any = None,
    augment: Augment | None = None,
    mix: Mix | None = None,
    optimizer: optax.GradientTransformation | None = None,
    trainable: Any = nnx.Param,
    groups: Sequence[Group] | None = None,
    checkpoints: str | os.PathLike[str] | None = None,
    checkpoint_steps: int | None = None,
    resume: bool = False,
    devices: Sequence[Any] | None = None,
    progress: Progress | None = None,
) -> History:
    """Trains a classifier.

    The model's arrays are set when training ends, also when it ends by an error or Ctrl-C; it is
    left in evaluation mode. Ctrl-C and SIGTERM take a checkpoint first. A training that goes on
    from a checkpoint gives the weights, bit by bit, that it would have given without the break.

    Args:
        model: Gives ``(batch, classes)`` logits.
        data: What to learn, floats, or bytes that are scaled as the model's ``preprocessing`` says,
            else to 0 to 1: ``(images, labels)``, an object with these two such as an embedded
            set, a `jaxcnn.data.Loader`, or a `BatchSource`; batches of the last two are taken as they
            are, but a loader is judged as in `evaluate`.
        settings: How; None means `Settings`' defaults.
        validation: As ``data``; evaluated after each epoch, never trained on.
        augment: ``(key, images) -> images``, compiled into the step, so its random numbers come
            from the key; images are float32.
        mix: ``(key, images, targets) -> (images, targets)`` with targets ``(batch, classes)``.
        optimizer: Instead of the one that ``settings`` describe.
        trainable: Which parameters are trained: `jaxcnn.transfer.freeze`, `train_only`, or a filter
            of NNX. A layer with parameters of which none is trained runs in evaluation mode.
        groups: Instead, groups of parameters with their rates and first epochs, see
            `jaxcnn.transfer.Group`; what is in no group is frozen.
        checkpoints: A folder for checkpoints, one after each epoch.
        checkpoint_steps: One also after so many batches.
        resume: Go on from the newest checkpoint, if there is one.
        devices: Where to compute; None means on all devices of all processes. Each process then
            reads only the examples that its devices compute.
        progress: Told how it goes, see `show_progress`.

    Returns:
        One row for each epoch.

    Raises:
        ValueError: An argument is wrong: an empty set, one class, a label that is no class of the
            network, a batch larger than the set or not a multiple of the devices...
        DivergedError: A loss or a gradient is not finite.
        CheckpointError: A checkpoint cannot be written or read.
        ProcessLostError: Another process has ended; the model is as it was before.

    >>> import numpy as np
    >>> from jaxcnn.models import create_model
    >>> model = create_model("lenet5", image_size=16, num_classes=2, seed=0)
    >>> labels = np.arange(64) % 2
    >>> images = np.ones((64, 16, 16, 1), np.float32) * labels[:, None, None, None]
    >>> history = fit(model, (images, labels), Settings(epochs=4, batch_size=16))
    >>> history["step"], history["accuracy"][-1]
    ([4, 8, 12, 16], 1.0)
    """
    settings = Settings() if settings is None else settings
    _check_kinds(settings, optimizer, progress)
    if checkpoint_steps is not None:
        an_int("checkpoint_steps", checkpoint_steps, 1)
    if resume and checkpoints is None:
        raise ValueError("resume (=True) needs checkpoints: the folder to go on from")
    source, judged = _sources(data, validation, settings)
    placement = Placement(devices)
    check_batches(source, placement)
    if checkpoints is not None and placement.hosts < jax.process_count():
        raise ValueError(
            f"checkpoints need devices of all {jax.process_count()} processes, but devices are of "
            f"{placement.hosts}"
        )
    if groups is not None and trainable is not nnx.Param:
        raise ValueError("groups must not be given together with trainable")
    plan = None if groups is None else make_plan(model, groups)
    blueprint, arrays = take_apart(model, trainable if plan is None else plan)
    classes = _count_classes(blueprint, arrays, source, judged)
    for name, function in (("augment", augment), ("mix", mix)):
        if function is not None:
            check_random(name, function, first_images(source), classes)
    updates = settings.epochs * len(source) // settings.accumulate
    options = StepOptions(
        classes, settings.seed, settings.mixed_precision, settings.label_smoothing, augment, mix
    )
    parameters, frozen, others = placement.replicate(arrays)
    build = _Steps(settings, blueprint, options, placement.everywhere, len(source), optimizer)
    chosen, steps = build.plain() if plan is None else build.grouped(model, plan)
    state = TrainState(
        parameters,
        others,
        placement.replicate(chosen.init(parameters)),
        placement.replicate(jnp.int32(0)),
        placement.replicate(jnp.bool_(True)),
    )
    folder = None if checkpoints is None else Checkpoints(checkpoints)
    loop = Loop(
        Job(
            settings=settings,
            source=source,
            validation=judged,
            blueprint=blueprint,
            placement=placement,
            frozen=frozen,
            num_classes=classes,
            steps=steps,
            judge=make_judge(blueprint, placement.everywhere),
            learning_rate=make_schedule(settings, updates) if optimizer is None else None,
            progress=progress or Silence(),
            checkpoints=folder,
            checkpoint_steps=checkpoint_steps,
            groups=() if plan is None else plan.to_list(),
        ),
        state,
    )
    lost = False
    try:
        with together(placement.hosts):
            if folder is not None and not folder.empty:
                _go_on(loop, folder, resume)
            loop.run()
    except ProcessLostError:
        lost = True
        raise
    finally:
        if not lost:  # else arrays have errors in them, and closing waits for the others
            _give_back(model, loop)
            if folder is not None:
                folder.close()
    return loop.history


@dataclass(frozen=True)
class _Steps:
    """Makes the optimiser and the steps of the epochs."""

    settings: Settings
    blueprint: Blueprint
    options: StepOptions
    everywhere: Any
    batches: int
    optimizer: optax.GradientTransformation | None

    def plain(self) -> tuple[optax.GradientTransformation, dict[int, Step]]:
        """One step for all epochs."""
        chosen = self.optimizer
        if chosen is None:
            chosen = make_optimizer(self.settings, self._updates(self.settings.epochs))
        chosen = self._accumulated(chosen)
        return chosen, {0: make_train_step(self.blueprint, chosen, self.options, self.everywhere)}

    def grouped(
        self, model: nnx.Module, plan: Plan
    ) -> tuple[optax.GradientTransformation, dict[int, Step]]:
        """One step for each epoch from which more is trained; optimisers that share a state."""
        owners = plan.of(self.blueprint.names[0])
        starts = [self._updates(group.start - 1) for group in owners]
        rates = [group.rate for group in owners]
        steps, chosen = {}, None
        for first in sorted({group.start for group in owners}):
            awake = [group.start <= first for group in owners]
            optimizer = make_grouped_optimizer(
                self.settings,
                self._updates(self.settings.epochs),
                starts,
                rates,
                {start for start, flag in zip(starts, awake, strict=True) if flag},
                self.optimizer,
            )
            chosen = self._accumulated(optimizer)
            blueprint = self.blueprint.with_training(model, Plan(plan.groups, first))
            steps[first - 1] = make_train_step(
                blueprint, chosen, self.options, self.everywhere, awake
            )
        assert chosen is not None
        return chosen, steps

    def _updates(self, epochs: int) -> int:
        return epochs * self.batches // self.settings.accumulate

    def _accumulated(self, optimizer: optax.GradientTransformation) -> optax.GradientTransformation:
        every = self.settings.accumulate
        return (
            optimizer
            if every == 1
            else optax.MultiSteps(optimizer, every).gradient_transformation()
        )


def _sources(
    data: Any, validation: Any, settings: Settings
) -> tuple[BatchSource, BatchSource | None]:
    source = as_source("data", data, settings.batch_size, training=True, seed=settings.seed)
    if settings.accumulate > len(source):
        raise ValueError(
            f"accumulate (={settings.accumulate}) must be at most the number of batches in an "
            f"epoch (={len(source)})"
        )
    if validation is None:
        if settings.patience is not None:
            raise ValueError(f"patience (={settings.patience}) needs validation")
        return source, None
    return source, as_source("validation", validation, JUDGED_AT_ONCE, training=False)


def _check_kinds(settings: Any, optimizer: Any, progress: Any) -> None:
    if not isinstance(settings, Settings):
        raise ValueError(f"settings (={settings!r}) must be a jaxcnn.training.Settings")
    if optimizer is not None and not (hasattr(optimizer, "init") and hasattr(optimizer, "update")):
        raise ValueError(
            f"optimizer (={optimizer!r}) must be one of optax; settings name those of Settings"
        )
    if progress is not None and not callable(getattr(progress, "batch", None)):
        raise ValueError(f"progress (={progress!r}) must be as jaxcnn.training.show_progress()")


def _count_classes(
    blueprint: Any, arrays: Any, source: BatchSource, validation: BatchSource | None
) -> int:
    """Number of classes; labels in memory are checked before anything is computed."""
    classes = count_classes(blueprint, arrays, first_images(source))
    for name, given in (("data", source), ("validation", validation)):
        if isinstance(given, ArraySource):
            check_labels(f"{name}: labels", given.labels, classes)
    if isinstance(validation, ArraySource):
        try:
            count_classes(blueprint, arrays, validation.images)
        except ValueError as error:
            raise ValueError(f"validation: {error}") from error
    return classes


def _go_on(loop: Loop, folder: Checkpoints, resume: bool) -> None:
    if not resume:
        raise occupied(folder.folder)
    loop.resume()


def _give_back(model: nnx.Module, loop: Loop) -> None:
    """Sets the model's arrays, unless a step that failed has used them up."""
    trainable, others = loop.state.trainable, loop.state.others
    if not any(array.is_deleted() for array in (*trainable, *others)):
        local = jax.local_devices()[0]
        trainable, others = jax.tree.map(
            lambda a: jax.device_put(_local(a), local), (trainable, others)
        )
        loop.job.blueprint.put_into(model, trainable, others)


def _local(array: jax.Array) -> jax.Array:
    return array.addressable_data(0)
