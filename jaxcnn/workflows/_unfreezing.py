"""Which layers learn, how fast, and from which epoch on."""

import dataclasses
from typing import Any

from jaxcnn.models import layer_names
from jaxcnn.models._intermediates import check_names
from jaxcnn.transfer import Group, layerwise_rates


def chosen_groups(
    model: Any, decay: float, train_from: str | None, unfreeze_every: int | None
) -> tuple[list[Group], str | None]:
    """The groups from a layer on, and the path of the layer before, if there is one.

    Args:
        model: The network with its new head.
        decay: Factor of the rate from one group to the one before.
        train_from: The first layer that is trained; None means all are.
        unfreeze_every: Epochs after which one more group joins, the last layer first; None means that
            all are trained from the beginning.

    Raises:
        ValueError: There is no such layer, or a number is out of range.
    """
    if unfreeze_every is not None and unfreeze_every < 1:
        raise ValueError(f"unfreeze_every (={unfreeze_every}) must be at least 1")
    groups, before = layerwise_rates(model, decay), None
    if train_from is not None:
        check_names(model, [train_from], "train_from")
        names = layer_names(model)
        first = next(i for i, other in enumerate(names) if f"{other}.".startswith(f"{train_from}."))
        groups = [g for g in groups if any(names.index(path) >= first for path in g.paths)]
        before = names[first - 1] if first else None
    if unfreeze_every is not None:
        groups = [
            dataclasses.replace(g, start=1 + i * unfreeze_every) for i, g in enumerate(groups)
        ]
    return groups, before
