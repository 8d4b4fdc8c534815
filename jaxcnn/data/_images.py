"""Encoded images to arrays of one size, by Pillow."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from jaxcnn._decoding import UndecodableError, decoded

from ._errors import DataPackageError

__all__ = ["FITS", "Form", "UndecodableError", "decode", "form", "resized"]

FITS = ("crop", "stretch")


@dataclass(frozen=True, slots=True)
class Form:
    """What images are made into.

    Attributes:
        size: Height and width; None leaves them.
        fit: "crop" keeps the proportions and cuts what sticks out on both sides; "stretch" does not.
        channels: 1 for grey, 3 for colour.
        upright: Whether photographs are turned as their EXIF orientation says.
        finish: Makes bytes (height, width, channels) of an image, or of an array of one; it can be
            sent to a worker process.
    """

    size: tuple[int, int] | None = None
    fit: str = "crop"
    channels: int = 3
    upright: bool = True
    finish: Callable[[Any], np.ndarray] | None = None


def form(size: int | tuple[int, int] | None, fit: str, channels: int, upright: bool = True) -> Form:
    """Checks the arguments that users give.

    Raises:
        ValueError: One is out of range.
    """
    pair = (size, size) if isinstance(size, int) else size
    if pair is not None and (len(pair) != 2 or not all(1 <= n <= 2**14 for n in pair)):
        raise ValueError(f"size (={size!r}) must be an int or a pair of 1 to {2**14}")
    if fit not in FITS:
        raise ValueError(f"fit (={fit!r}) must be one of {', '.join(FITS)}")
    if channels not in (1, 3):
        raise ValueError(f"channels (={channels!r}) must be 1 (grey) or 3 (colour)")
    return Form(pair, fit, channels, upright)


def decode(content: bytes, wanted: Form) -> np.ndarray:
    """Decodes an image and brings it to its size, averaging where it shrinks.

    Args:
        content: A file in any format that Pillow reads.
        wanted: What it is made into.

    Returns:
        (height, width, channels) as bytes.

    Raises:
        UndecodableError: The bytes are no image, are cut short, have too many pixels, or numbers of
            which nobody knows what is white.
    """
    _pillow()
    pixels = decoded(content, wanted.channels, upright=wanted.upright, near=wanted.size)
    if wanted.size is not None:
        pixels = _fitted(pixels, wanted.size, wanted.fit)
    if wanted.finish is not None:
        return wanted.finish(pixels)
    array = np.asarray(pixels, np.uint8)
    return array.reshape(*array.shape[:2], -1)


def resized(images: np.ndarray, wanted: Form) -> np.ndarray:
    """Brings images (number, height, width, channels) of bytes into another form."""
    if wanted.finish is not None:
        return np.stack([wanted.finish(image) for image in images])
    if wanted.size is None or images.shape[1:3] == wanted.size:
        return images
    pillow = _pillow()
    grey = images.shape[-1] == 1
    pictures = (pillow.fromarray(image[..., 0] if grey else image) for image in images)
    made = [np.asarray(_fitted(picture, wanted.size, wanted.fit)) for picture in pictures]
    return np.stack(made).reshape(len(images), *wanted.size, images.shape[-1])


def _fitted(image: Any, size: tuple[int, int], fit: str) -> Any:
    height, width = size
    if image.size == (width, height):
        return image
    box: tuple[float, float, float, float] = (0, 0, image.width, image.height)
    if fit == "crop":
        scale = min(image.width / width, image.height / height)
        # Rounding must not push the box out of the image.
        left = max((image.width - width * scale) / 2, 0)
        top = max((image.height - height * scale) / 2, 0)
        box = (left, top, image.width - left, image.height - top)
    return image.resize((width, height), _pillow().Resampling.BILINEAR, box=box)


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise DataPackageError(
            "images need Pillow: pip install pillow, or jaxcnn[data] for everything about data"
        ) from error
    return Image
