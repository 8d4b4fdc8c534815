"""Trains the last layers of a network, on what the frozen ones compute once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from jaxcnn.models._intermediates import check_names, layers_by_name
from jaxcnn.nn import Sequential
from jaxcnn.transfer import Group
from jaxcnn.transfer._cut import after
from jaxcnn.transfer._features import before_last_dense, feature_shape
from jaxcnn.transfer._groups import has_match

from ._feature_source import FeatureSource
from ._fit import JUDGED_AT_ONCE, fit
from ._groups import make_plan
from ._history import History
from ._settings import Settings
from ._sources import as_source, first_images


def fit_after(
    model: Any,
    data: Any,
    settings: Settings | None = None,
    *,
    at: str | None = None,
    validation: Any = None,
    groups: Sequence[Group] | None = None,
    **options: Any,
) -> History:
    """Trains the layers after one; what the layers up to it compute is computed once.

    The same as `fit` with all of these layers frozen, but for the time: an epoch costs what the
    last layers cost. Features are kept in memory, and images cannot be augmented. A loader is read
    once, batch by batch, so a set of images may be larger than memory. From a checkpoint after the
    last epoch nothing is computed; from an earlier one, features are computed again.

    Args:
        model: A network; its arrays after ``at`` are set when training ends.
        data: As in `fit`. Of a loader or a `BatchSource`, epoch 0 is read: one that does not shuffle
            and leaves nothing out. Its examples are then shuffled, and batches made, as ``settings``
            say.
        settings: As in `fit`.
        at: Path of the last frozen layer, see `jaxcnn.models.layer_names`, or of a part; by default
            what the last dense layer reads is computed once.
        validation: As ``data``.
        groups: As in `fit`, with paths in ``model``; those before ``at`` are frozen all the same.
        **options: The other arguments of `fit`, but for ``augment`` and ``trainable``.

    Returns:
        One row for each epoch.

    Raises:
        ValueError: As `fit`; or the name is unknown, nothing comes after it, or an argument makes
            no sense here.

    >>> import numpy as np
    >>> from jaxcnn.models import create_model
    >>> model = create_model("lenet5", image_size=16, num_classes=2, seed=0)
    >>> labels = np.arange(64) % 2
    >>> images = np.ones((64, 16, 16, 1), np.float32) * labels[:, None, None, None]
    >>> settings = Settings(epochs=9, batch_size=16, learning_rate=0.03)
    >>> history = fit_after(model, (images, labels), settings)
    >>> history["accuracy"][-1]
    1.0
    """
    settings = settings or Settings()
    for option in ("augment", "trainable"):
        if options.get(option) is not None:
            raise ValueError(f"{option} must not be given: features are computed once; see fit")
    name = before_last_dense(model) if at is None else at
    check_names(model, [name], "at")
    known, judged = _features(model, name, data, validation, settings)
    rest: Sequential = after(model, name.split("."))
    if not layers_by_name(rest):
        raise ValueError(f"at (={name!r}) must leave layers to train after it")
    chosen = None if groups is None else _remaining(make_plan(model, groups).groups, rest)
    model.eval()
    return fit(rest, known, settings, validation=judged, groups=chosen, **options)


def _remaining(groups: Sequence[Group], rest: Sequential) -> list[Group]:
    """The groups that have something after the cut, with the paths that are there."""
    found = []
    for group in groups:
        paths = tuple(path for path in group.paths if has_match(rest, path))
        if paths:
            found.append(replace(group, paths=paths))
    return found


def _features(
    model: Any, name: str, data: Any, validation: Any, settings: Settings
) -> tuple[FeatureSource, FeatureSource | None]:
    size, seed = settings.batch_size, settings.seed
    source = as_source("data", data, size, training=True)
    shape = feature_shape(model, name, first_images(source).shape[1:])
    known = FeatureSource(model, name, shape, source, size, shuffle=True, seed=seed)
    if validation is None:
        return known, None
    source = as_source("validation", validation, JUDGED_AT_ONCE, training=False)
    return known, FeatureSource(model, name, shape, source, JUDGED_AT_ONCE, shuffle=False)
