"""Trains a network on a set."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jaxcnn.training import default_settings, fit
from jaxcnn.training import evaluate as judge

from ._augmentations import augmentation
from ._length import suited, tell_if_few
from ._networks import check_name
from ._parts import Reading, hold_out, load_part, tell_unused
from ._phases import check_checkpoints
from ._prepared import load_prepared, preprocessing_for
from ._trained import TrainingResult

if TYPE_CHECKING:
    from jaxcnn.training import Progress

_WATCHED = 0.1  # share of the training set that is watched where patience is asked for


def train(
    model: str,
    data: str | os.PathLike[str],
    *,
    size: int | None = None,
    label: str = "label",
    augment: str | None = None,
    validation: float | None = None,
    stream: bool | None = None,
    workers: int | None = None,
    skip_broken: bool = False,
    upright: bool = True,
    checkpoints: str | os.PathLike[str] | None = None,
    checkpoint_steps: int | None = None,
    resume: bool = False,
    progress: "Progress | None" = None,
    done: Callable[[], Any] = lambda: None,
    **settings: Any,
) -> TrainingResult:
    """Trains a network on a set, and says how good it is on the set's test part.

    Batch and epochs that are not given follow from the network and from the size of the set: small
    sets get small batches and more epochs.

    Args:
        model: A name of `jaxcnn.models.list_models`.
        data: A set or a folder, as `jaxcnn.data.load` takes it.
        size: Height and width that images are brought to.
        label: Which label, where the set has several.
        augment: ``"course"``, ``"digits"`` or ``"photos"``.
        validation: Share of the training set to watch instead of the test set; 0.1 with ``patience``.
        stream: Whether batches are read when they are needed; None does that with large sets.
        workers: Processes that read a stream; 0 for threads.
        skip_broken: Whether images that cannot be decoded are left out.
        upright: Whether photographs are turned as their EXIF orientation says.
        checkpoints: Folder for checkpoints, one after each epoch.
        checkpoint_steps: One also after so many batches.
        resume: Whether to go on from the newest checkpoint.
        progress: Told how it goes, see `jaxcnn.training.show_progress`.
        done: Called when nothing is left to be put in order after an interruption.
        **settings: Of `jaxcnn.training.Settings`, such as ``epochs``, ``learning_rate``, ``seed``.

    Returns:
        The network, its history, and how it does on the test part.

    Raises:
        ValueError: There is no such network, set or setting, or a value is out of range.
        DivergedError: A loss is not finite.
        CheckpointError: A checkpoint cannot be written or read.

    A `TrainingWarning` tells of fewer than a hundred steps in all, a `DataWarning` of images that are not used.

    >>> train("resnet9", "mnist_10k")
    Traceback (most recent call last):
    ValueError: name (='resnet9') must be one of ...; did you mean 'resnet8'?
    """
    from jaxcnn.models import create_model

    check_name(model)
    data = os.fspath(data)
    check_checkpoints(checkpoints, checkpoint_steps, resume)
    planned = default_settings(model).replace(**settings)
    transform = None if augment is None else augmentation(augment)
    reading = Reading(stream, workers, skip_broken, upright)
    rule = None if size is None else preprocessing_for(data, size, reading)
    learned, test = (
        load_part(data, split, label=label, reading=reading)
        if rule is None
        else load_prepared(data, split, rule, label=label, reading=reading)
        for split in ("train", "test")
    )
    tell_unused(data, (learned, test))
    if transform is not None and len(learned.shape) != 3:
        # A batch of series has the axes of one image, and a video's frames would go apart.
        raise ValueError(
            f"augment (={augment!r}) is for images of (height, width, channels), but {data} has "
            f"examples of {learned.shape}"
        )
    part, watch = learned, test
    if validation is None and planned.patience is not None:
        validation = _WATCHED
    if validation is not None:
        part, watch = hold_out(learned, validation, planned.seed)
    planned = suited(planned, settings, len(part))
    network = create_model(
        model, num_classes=len(learned.class_names), input_shape=learned.shape, seed=planned.seed
    )
    history = fit(
        network,
        part.to_learn(planned.batch_size, planned.seed),
        planned,
        validation=watch.to_judge(),
        augment=transform,
        checkpoints=checkpoints,
        checkpoint_steps=checkpoint_steps,
        resume=resume,
        progress=progress,
    )
    done()
    tell_if_few(len(history), planned.batch_size, len(part))
    on_known, on_new = judge(network, learned.to_judge()), judge(network, test.to_judge())
    network.class_names, network.preprocessing = learned.class_names, rule
    return TrainingResult(network, model, data, history, on_new, test, on_known.accuracy)
