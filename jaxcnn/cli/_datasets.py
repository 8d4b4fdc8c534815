"""The sets that commands train and judge on, by name."""

from typing import NamedTuple

import numpy as np


class Part(NamedTuple):
    """One split: images, labels, and a name for each class."""

    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]


def load_part(name: str, split: str, size: int | None = None, label: str = "label") -> Part:
    """Reads one split of a set or folder into memory.

    Args:
        name: As `jaxcnn.data.load` takes it.
        split: "test" is also found as "val".
        size: Height and width that images are brought to.
        label: Which label, where the set has several.

    Raises:
        ValueError: There is no such set, split or label, or it is not prepared.
    """
    from jaxcnn.data import load, splits_of

    known = splits_of(name)
    if split == "test" and "test" not in known and "val" in known:
        split = "val"
    if split not in known:
        raise ValueError(
            f"--data (={name!r}) must have a split {split!r}, but has {', '.join(known)}"
        )
    found = load(name, split, size=size, label=label)
    return Part(found.images, found.labels, found.class_names)


def hold_out(part: Part, share: float, seed: int) -> tuple[Part, Part]:
    """Divides a split at random: what is left to learn from, and ``share`` of it to watch.

    Raises:
        ValueError: One of the two would be empty.
    """
    number = round(share * len(part.labels))
    if not 0 < number < len(part.labels):
        raise ValueError(
            f"--validation (={share}) must leave examples on both sides of {len(part.labels)}"
        )
    order = np.random.default_rng(seed).permutation(len(part.labels))
    left, right = np.sort(order[number:]), np.sort(order[:number])
    first, second = (Part(part.images[i], part.labels[i], part.class_names) for i in (left, right))
    return first, second
