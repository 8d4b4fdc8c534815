"""Evaluates a trained network on a set."""

import os
from dataclasses import dataclass, field
from typing import Any

from jaxcnn._notice import tell
from jaxcnn.training import Evaluation
from jaxcnn.training import evaluate as judge

from ._networks import load_network
from ._parts import Part, Reading, StreamedPart, load_part
from ._prepared import load_prepared, preprocessing_of


@dataclass(frozen=True)
class EvaluationResult:
    """How a network does on a part of a set.

    Attributes:
        model: The network, as it was named.
        data: The set.
        split: Which part of it.
        evaluation: Accuracy, loss, confusion matrix, and the prediction for each example.
        part: The examples: ``images_of(rows)``, ``class_names``.

    >>> EvaluationResult.__dataclass_fields__.keys() >= {"evaluation", "part"}
    True
    """

    model: str
    data: str
    split: str
    evaluation: Evaluation
    part: Part | StreamedPart = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The figures, as JSON can hold them."""
        return {
            "model": self.model,
            "data": self.data,
            "split": self.split,
            "accuracy": self.evaluation.accuracy,
            "loss": self.evaluation.loss,
            "examples": len(self.evaluation.labels),
            "confusion": self.evaluation.confusion.tolist(),
        }


def evaluate(
    model: str | os.PathLike[str],
    data: str | os.PathLike[str],
    *,
    split: str = "test",
    size: int | None = None,
    label: str = "label",
    batch_size: int = 250,
    stream: bool | None = None,
    workers: int | None = None,
    skip_broken: bool = False,
    upright: bool = True,
) -> EvaluationResult:
    """Evaluates a trained network on a part of a set.

    Args:
        model: A file that `jaxcnn.transfer.save_model` wrote, or a network with published weights.
        data: A set or a folder, as `jaxcnn.data.load` takes it.
        split: Which part; "test" is also found as "val".
        size: Height and width that images are brought to.
        label: Which label, where the set has several.
        batch_size: Examples that are computed at once.
        stream: Whether batches are read when they are needed; None does that with large sets.
        workers: Processes that read a stream; 0 for threads.
        skip_broken: Whether images that cannot be decoded are left out.
        upright: Whether photographs are turned as their EXIF orientation says.

    Returns:
        The figures, with the examples.

    Raises:
        ValueError: There is no such network, set or split, or the set has another number of classes.

    A `DataWarning` tells of images that are not used, and of classes that are called otherwise.

    >>> result = evaluate("resnet8_clothing", "clothing", split="other")
    Traceback (most recent call last):
    ValueError: data (='clothing') must have a split 'other', but has ...
    """
    name, data = os.fspath(model), os.fspath(data)
    network = load_network(model)
    reading = Reading(stream, workers, skip_broken, upright)
    if network.preprocessing is None:
        part = load_part(data, split, size, label, reading=reading)
    else:
        rule = preprocessing_of(network, size)
        part = load_prepared(data, split, rule, label=label, reading=reading)
    _check_classes(name, network.class_names, data, part.class_names)
    found = judge(network, part.to_judge(batch_size), batch_size=batch_size)
    return EvaluationResult(name, data, split, found, part)


def _check_classes(
    name: str, known: tuple[str, ...] | None, data: str, asked: tuple[str, ...]
) -> None:
    """Refuses a set with another number of classes, and tells the first that is called otherwise."""
    if known is None or known == asked:
        return
    if len(known) != len(asked):
        raise ValueError(
            f"data (={data!r}) must have the {len(known)} classes of {name}, but has {len(asked)}"
        )
    one, other = next(pair for pair in zip(known, asked, strict=True) if pair[0] != pair[1])
    tell(f"what {name} calls {one!r} is {other!r} in {data}")
