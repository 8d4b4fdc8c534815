"""Labelled examples in memory."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Dataset"]


@dataclass(frozen=True, eq=False)
class Dataset:
    """A split of a set, in memory.

    Attributes:
        name: What it was loaded by.
        split: Which part it is.
        images: (number, height, width, channels), bytes or floats of 0 to 1. Of series: (number,
            length, channels), floats. Of videos: (number, frames, height, width, channels).
        labels: (number,) int32, indices into `class_names`.
        class_names: One name for each class.
        skipped: Names of images that could not be decoded and are not here.

    >>> import numpy as np
    >>> data = Dataset("mine", "train", np.zeros((3, 8, 8, 1)), np.array([0, 1, 1]), ("cat", "dog"))
    >>> len(data), data.counts()
    (3, {'cat': 1, 'dog': 2})
    """

    name: str
    split: str
    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    skipped: tuple[str, ...] = ()

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.images.shape[1:]))
        return (
            f"Dataset({self.name!r}, {self.split!r}, {len(self)} examples of {shape}, "
            f"{len(self.class_names)} classes)"
        )

    def __len__(self) -> int:
        """Returns the number of examples."""
        return len(self.labels)

    def counts(self) -> dict[str, int]:
        """Returns how many examples each class has."""
        found = np.bincount(self.labels, minlength=len(self.class_names))
        return dict(zip(self.class_names, map(int, found), strict=True))
