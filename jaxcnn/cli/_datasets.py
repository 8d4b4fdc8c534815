"""The sets that commands train and judge on, by name."""

from typing import Any, NamedTuple

import numpy as np


class Part(NamedTuple):
    """One split: images, labels, and a name for each class."""

    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]


def load_part(name: str, split: str) -> Part:
    """Reads one split of a set into memory.

    Raises:
        ValueError: There is no such set or split.
    """
    from jaxcnn.data import load_embedded

    found: Any = load_embedded(name)
    if not found.splits:
        raise ValueError(f"--data (={name!r}) has no train and test split; mnist_10k has")
    found = found.split(split)
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
