"""Augmentations by name."""

import functools
from collections.abc import Callable
from typing import Any

_RANGES: dict[str, dict[str, float]] = {
    "course": {},
    "digits": {"rotation": 10, "shift": 0.1, "zoom": 0.1},
    "photos": {"shift": 0.125, "horizontal_flip": 0.5},
}


def augmentation(name: str) -> Callable[..., Any]:
    """The function ``(key, images) -> images`` of that name.

    Raises:
        ValueError: There is none.
    """
    if name not in _RANGES:
        raise ValueError(f"augment (={name!r}) must be one of {', '.join(_RANGES)}")
    from jaxcnn import functional

    if name == "course":
        return functional.course_augmentation
    return functools.partial(functional.random_affine, **_RANGES[name])
