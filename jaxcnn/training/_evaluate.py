"""Runs a network over a set and compares its predictions with the labels."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from flax import nnx

from ._checks import check_images, check_labels
from ._hosts import together
from ._metrics import Evaluation
from ._model_state import Arrays, take_apart
from ._parallel import Placement
from ._sources import (
    BatchSource,
    as_source,
    first_images,
    judged_parts_of,
)
from ._step import Judged, count_classes, make_judge

_AHEAD = 2  # batches given to the device before the first answer is waited for


def evaluate(
    model: nnx.Module,
    data: Any,
    *,
    batch_size: int = 250,
    devices: Sequence[Any] | None = None,
) -> Evaluation:
    """Runs a network, in evaluation mode and float32, over a set.

    Args:
        model: Gives ``(batch, classes)`` logits; it is left in evaluation mode.
        data: As in `fit`; every example is used. Of a `jaxcnn.data.Loader` each is read once, in
            the set's order, whatever it shuffles, drops or fills up.
        batch_size: Examples in a batch.
        devices: Where to compute; None means on all devices of all processes. Each process then
            reads only the examples that its devices compute.

    Returns:
        The answers, in the order of the set; all processes have all of them.

    Raises:
        ProcessLostError: Another process has ended.
        ValueError: The set is empty, a label is no class of the network, an image holds NaN or
            infinity, or its images do not fit.

    >>> from jaxcnn.models import create_model
    >>> model = create_model("lenet5", image_size=16, num_classes=3, seed=0)
    >>> images, labels = np.zeros((5, 16, 16, 1), np.float32), np.array([0, 1, 2, 0, 1])
    >>> evaluate(model, (images, labels), batch_size=2).confusion.sum(axis=1).tolist()
    [2, 2, 1]
    """
    source = as_source("data", data, batch_size, training=False)
    blueprint, arrays = take_apart(model)
    classes = count_classes(blueprint, arrays, first_images(source))
    placement = Placement(devices)
    judge = make_judge(blueprint, placement.everywhere)
    with together(placement.hosts):
        return judge_source(judge, placement.replicate(arrays), source, placement, classes)


def judge_source(
    judge: Callable[..., Judged],
    arrays: Sequence[Arrays],
    source: BatchSource,
    placement: Placement,
    num_classes: int,
    between: Callable[[], None] = lambda: None,
) -> Evaluation:
    """The answers to a whole source.

    Args:
        judge: What `make_judge` made.
        arrays: Trained, frozen, others.
        source: Where the batches come from.
        placement: Where they go.
        num_classes: Number of classes of the network.
        between: Called after each batch.
    """
    whole, waiting, found = 0, [], []
    for size, images, labels in judged_parts_of(source, placement):
        labels = check_labels("labels", labels, num_classes)
        check_images("images", images)
        whole = whole or placement.filled(size)
        own = placement.share.rows(whole)
        judged = judge(
            *arrays,
            placement.divide(_padded(images, own.stop - own.start), whole),
            placement.divide(_padded(labels, own.stop - own.start), whole),
        )
        waiting.append((size, judged))
        if len(waiting) > _AHEAD:
            found.append(_fetched(*waiting.pop(0)))
        between()
    found += [_fetched(*pair) for pair in waiting]
    if not found:
        raise ValueError("data must have at least one batch, but has none")
    losses, predictions, confidences, labels = (
        np.concatenate(part) for part in zip(*found, strict=True)
    )
    return Evaluation(labels, predictions, confidences, losses, num_classes)


def _fetched(size: int, judged: Judged) -> tuple[np.ndarray, ...]:
    return tuple(np.asarray(part)[:size] for part in judged)


def _padded(array: Any, size: int) -> Any:
    """Rows repeated up to ``size``, so that one compiled step serves the last batch too."""
    missing = size - len(array)
    if missing <= 0:
        return array
    array = np.asarray(array)
    row = array[:1] if len(array) else np.zeros((1, *array.shape[1:]), array.dtype)
    return np.concatenate([array, np.repeat(row, missing, axis=0)])
