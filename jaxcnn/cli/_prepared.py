"""Splits of sets, each image prepared as a trained network wants it."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ._datasets import PLAIN, Part, Reading, StreamedPart, first_image, part_of, split_of

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
    from ._predict import plain

    rule = model.preprocessing or plain(model.input_shape)
    if size is None:
        return rule
    if size < 1:
        raise ValueError(f"--size (={size}) must be at least 1")
    resize = rule.resize and round(rule.resize * size / max(rule.image_size))
    return replace(rule, image_size=(size, size), resize=resize)


def load_prepared(
    name: str,
    split: str,
    rule: "Preprocessing",
    *,
    reading: Reading = PLAIN,
) -> Part | StreamedPart:
    """Opens a split, of a set or a folder, as bytes of one size that are not scaled yet.

    Args:
        name: As `jaxcnn.data.load` takes it.
        split: "test" is also found as "val".
        rule: How images are resized and cut.
        reading: How.

    Raises:
        ValueError: There is no such set or split, it is not prepared, or its examples are no images.
    """
    from jaxcnn.data import _open
    from jaxcnn.data._images import Form
    from jaxcnn.transfer._preprocessing import as_pixels

    form = Form(channels=len(rule.mean), finish=partial(as_pixels, rule=rule))
    source = _open.open_source(name, split_of(name, split), form, skip=reading.skip_broken)
    first = first_image(source)
    if first is not None and (first.ndim != 3 or first.dtype != np.uint8):
        raise ValueError(f"--data (={name!r}) must hold images")
    return part_of(source, reading)
