"""Splits of sets, each image prepared as a trained network wants it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ._parts import PLAIN, Part, Reading, StreamedPart, first_image, part_of, split_of

if TYPE_CHECKING:
    from jaxcnn.transfer import Preprocessing


def preprocessing_of(model: Any, size: int | None) -> "Preprocessing":
    """How images are prepared: as the network says, or stretched to the size it was made for.

    Args:
        model: A network for images.
        size: Height and width that the network is to see instead; what is cut off stays the same
            share of the image.

    Raises:
        ValueError: The network is not one for images.
    """
    rule = model.preprocessing or plain(model.input_shape)
    if size is None:
        return rule
    if size < 1:
        raise ValueError(f"size (={size}) must be at least 1")
    resize = rule.resize and round(rule.resize * size / max(rule.image_size))
    return replace(rule, image_size=(size, size), resize=resize)


def load_prepared(
    name: str,
    split: str,
    rule: "Preprocessing",
    *,
    label: str = "label",
    reading: Reading = PLAIN,
) -> Part | StreamedPart:
    """Opens a split, of a set or a folder, as bytes of one size that are not scaled yet.

    Args:
        name: As `jaxcnn.data.load` takes it.
        split: "test" is also found as "val".
        rule: How images are resized and cut.
        label: Which label, where the set has several.
        reading: How.

    Raises:
        ValueError: There is no such set or split, it is not prepared, or its examples are no images.
    """
    from jaxcnn.data import _open
    from jaxcnn.data._images import Form
    from jaxcnn.transfer._preprocessing import as_pixels

    form = Form(
        channels=len(rule.mean), upright=reading.upright, finish=partial(as_pixels, rule=rule)
    )
    found, beside = split_of(name, split)
    source = _open.open_source(name, found, form, label=label, skip=reading.skip_broken)
    _check_images(name, first_image(source))
    return part_of(source, reading, beside)


def preprocessing_for(name: str, size: int, reading: Reading = PLAIN) -> "Preprocessing":
    """How the images of a set are brought to a size: the middle is kept, pixels are from 0 to 1.

    A network that learns from them keeps this, so that it is judged, and asked, about images like them.

    Args:
        name: As `jaxcnn.data.load` takes it.
        size: Height and width.
        reading: How examples are read.

    Raises:
        ValueError: There is no such set, it holds no images, or the size is out of range.
    """
    from jaxcnn.data import _open
    from jaxcnn.data._images import form
    from jaxcnn.transfer import Preprocessing

    form(size, "crop", 3)  # checks the size
    found, _ = split_of(name, "train")
    source = _open.open_source(name, found, form(None, "crop", 3), skip=reading.skip_broken)
    first = first_image(source)
    _check_images(name, first)
    channels = 3 if first is None else first.shape[-1]
    return Preprocessing((size, size), size, mean=(0.0,) * channels, std=(1.0,) * channels)


def _check_images(name: str, example: np.ndarray | None) -> None:
    if example is not None and (example.ndim != 3 or example.dtype != np.uint8):
        raise ValueError(f"data (={name!r}) must hold images")


def plain(input_shape: Sequence[int]) -> "Preprocessing":
    """Stretched to the network's size, pixels from 0 to 1: for networks that do not say how.

    Raises:
        ValueError: It is no network for images.
    """
    from jaxcnn.transfer import Preprocessing

    *size, channels = input_shape
    if len(size) != 2 or channels not in (1, 3):
        raise ValueError(f"the network takes inputs of {tuple(input_shape)}, which are no photos")
    return Preprocessing((size[0], size[1]), mean=(0.0,) * channels, std=(1.0,) * channels)
