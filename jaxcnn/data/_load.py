"""A whole split in memory."""

import os
from typing import Any

import numpy as np

from ._dataset import Dataset
from ._images import form
from ._open import Name, open_source
from ._prepare import skips
from ._sources import ArraySource, Part, Source, broken_images, tell_emptied

_AT_ONCE = 1024
_DTYPES = ("uint8", "float32")


def load(
    name: Name,
    split: str = "train",
    *,
    size: int | tuple[int, int] | None = None,
    fit: str = "crop",
    channels: int = 3,
    dtype: Any = "uint8",
    label: str = "label",
    upright: bool = True,
    on_error: str = "raise",
    data_dir: str | os.PathLike[str] | None = None,
) -> Dataset:
    """Reads a split of a set into memory.

    Args:
        name: One of `list_datasets()`, or a folder: of class folders (``DIR/train/cat/1.jpg``, or
            ``DIR/cat/1.jpg``, of which a fifth becomes the split "test"), of IDX files, or of
            NAME_TRAIN.ts and NAME_TEST.ts (or .tsv, .arff, .txt).
        split: "train", "test", or another that the set has; "all" of an embedded set.
        size: Height and width that images are brought to, an int for both; needed where the images
            have several.
        fit: "crop" keeps the proportions and cuts both sides, "stretch" does not.
        channels: Of images in files: 3, or 1 for grey.
        dtype: "uint8" for the bytes as they are, "float32" for 0 to 1. Series are always float32.
        label: Which label, where a set has several: "direction" or "speed" of moving_digits.
        upright: Whether photographs are turned as their EXIF orientation says.
        on_error: "raise", or "skip" to leave out images that cannot be decoded.
        data_dir: Folder of prepared sets; by default `data` in `jaxcnn.weights.cache_folder()`.

    Returns:
        The examples, in the set's order.

    Raises:
        ValueError: An argument is out of range, or a file breaks a rule (`DataFileError`).
        NotPreparedError: The set must be prepared first.

    >>> digits = load("mnist_10k", "test", dtype="float32")
    >>> digits.images.shape, digits.images.max(), digits.class_names[:3]
    ((2000, 28, 28, 1), np.float32(1.0), ('0', '1', '2'))
    """
    kind = checked_dtype(dtype)
    source = open_source(
        name,
        split,
        form(size, fit, channels, upright),
        label=label,
        skip=skips(on_error),
        data_dir=data_dir,
    )
    images, labels, skipped = read_all(source)
    return Dataset(
        name=source.name,
        split=source.split,
        images=converted(images, kind),
        labels=labels,
        class_names=source.class_names,
        skipped=skipped,
    )


def checked_dtype(dtype: Any) -> np.dtype:
    """The type that images are given in.

    Raises:
        ValueError: It is neither uint8 nor float32.
    """
    try:
        kind = np.dtype(dtype)
    except TypeError:
        kind = None
    if kind is None or kind.name not in _DTYPES:
        raise ValueError(f"dtype (={dtype!r}) must be one of {', '.join(_DTYPES)}")
    return kind


def converted(images: np.ndarray, kind: np.dtype) -> np.ndarray:
    """Bytes as they are, or as floats of 0 to 1; floats stay."""
    if images.dtype == np.uint8 and kind == np.float32:
        return images.astype(np.float32) / np.float32(255)
    return images


def read_all(source: Source) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """All images and labels of a source, and the names of those that are left out.

    Raises:
        ValueError: The images have several sizes, or a file cannot be read (`DataFileError`).
    """
    if isinstance(source, ArraySource):
        part = source.read(np.arange(len(source)))
        return part.images, part.labels, ()
    images: np.ndarray | None = None
    labels: list[np.ndarray] = []
    skipped: list[str] = []
    read: list[Part] = []  # without the images
    done = 0
    for start in range(0, len(source), _AT_ONCE):
        part = source.read(np.arange(start, min(start + _AT_ONCE, len(source))))
        skipped += part.skipped
        read.append(Part(part.images[:0], part.labels, lost=part.lost))
        if not len(part.labels):
            continue
        if images is None:  # all of it now: parts that are joined later take twice the memory
            images = np.empty((len(source), *part.images.shape[1:]), part.images.dtype)
        _check_shapes(images, part.images)
        images[done : done + len(part.images)] = part.images
        labels.append(part.labels)
        done += len(part.labels)
    if images is None:
        raise broken_images([(name, f"{name} cannot be decoded") for name in skipped])
    tell_emptied(source, read)
    return images[:done], np.concatenate(labels), tuple(skipped)


def _check_shapes(one: np.ndarray, other: np.ndarray) -> None:
    shapes = sorted({one.shape[1:], other.shape[1:]})
    if len(shapes) > 1:
        raise ValueError(
            f"size (=None) must be given: the images have several sizes, such as "
            f"{' and '.join(str(shape[:2]) for shape in shapes)}"
        )
