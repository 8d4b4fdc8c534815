"""How images are prepared for a network, as data."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from jaxcnn._decoding import decoded

_FILTERS = ("nearest", "bilinear", "bicubic")


@dataclass(frozen=True)
class Preprocessing:
    """From a photo to the input of a network: size, part and scale of the numbers.

    Attributes:
        image_size: (height, width) of the result.
        resize: The shorter side is brought to so many pixels, and the middle of ``image_size`` is
            cut out; None stretches the whole image to ``image_size`` instead.
        interpolation: ``"nearest"``, ``"bilinear"`` or ``"bicubic"``, as Pillow computes them.
        mean: For each channel, what is subtracted, on the scale where white is 1.
        std: For each channel, what is then divided by.

    Raises:
        ValueError: A value is out of range.

    >>> Preprocessing((224, 224), 256, mean=(0.5,) * 3, std=(0.5,) * 3).interpolation
    'bilinear'
    """

    image_size: tuple[int, int]
    resize: int | None = None
    interpolation: str = "bilinear"
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        if len(self.image_size) != 2 or min(self.image_size) < 1:
            raise ValueError(f"image_size (={self.image_size}) must be (height, width)")
        if self.resize is not None and self.resize < max(self.image_size):
            raise ValueError(
                f"resize (={self.resize}) must be at least image_size (={self.image_size})"
            )
        if self.interpolation not in _FILTERS:
            raise ValueError(
                f"interpolation (={self.interpolation!r}) must be one of {', '.join(_FILTERS)}"
            )
        if len(self.mean) != len(self.std) or len(self.mean) not in (1, 3):
            raise ValueError(
                f"mean (={self.mean}) and std (={self.std}) must have one number for each channel, "
                "1 or 3"
            )
        if not (np.isfinite(self.mean).all() and np.isfinite(self.std).all() and min(self.std) > 0):
            raise ValueError(f"mean (={self.mean}) must be finite and std (={self.std}) positive")


def preprocess(images: Any, preprocessing: Any, *, upright: bool = True) -> jax.Array:
    """Prepares images for a network.

    Args:
        images: One image or several: paths, Pillow images, or uint8 arrays ``(height, width)`` or
            ``(height, width, channels)``; or a uint8 batch ``(batch, height, width, channels)``.
            They need not have one size.
        preprocessing: A `Preprocessing`, or a network that has one.
        upright: Whether photographs are turned as their EXIF orientation says.

    Returns:
        ``(batch, height, width, channels)`` in float32.

    Raises:
        ValueError: There is no image, an array is of another type or shape, or the network has no
            preprocessing.
        OSError: A file is missing. One that is no image, is cut short, or has numbers of which
            nobody knows what is white (floats, 32 bits), is a ValueError too.

    >>> half = Preprocessing((2, 2), mean=(0.5,), std=(0.5,))
    >>> preprocess(jnp.full((4, 6), 255, jnp.uint8), half).shape
    (1, 2, 2, 1)
    """
    rule = getattr(preprocessing, "preprocessing", preprocessing)
    if not isinstance(rule, Preprocessing):
        raise ValueError(
            "preprocessing must be a Preprocessing, or a network that has one: set "
            "model.preprocessing"
        )
    prepared = [as_pixels(image, rule, upright) for image in _as_list(images)]
    if not prepared:
        raise ValueError("images must be at least one image")
    pixels = np.stack(prepared).astype(np.float32) / np.float32(255)
    mean, std = (np.asarray(values, np.float32) for values in (rule.mean, rule.std))
    return jax.numpy.asarray((pixels - mean) / std)


def scaling(model: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """What a network's preprocessing subtracts from pixels of 0 to 1, and divides them by."""
    rule = getattr(model, "preprocessing", None)
    if not isinstance(rule, Preprocessing) or (set(rule.mean), set(rule.std)) == ({0.0}, {1.0}):
        return None
    return np.asarray(rule.mean, np.float32), np.asarray(rule.std, np.float32)


def _as_list(images: Any) -> Iterable[Any]:
    if isinstance(images, np.ndarray | jax.Array):
        return list(np.asarray(images)) if images.ndim == 4 else [np.asarray(images)]
    if isinstance(images, str | os.PathLike) or not isinstance(images, Iterable):
        return [images]
    return images


def as_pixels(image: Any, rule: Preprocessing, upright: bool = True) -> np.ndarray:
    """The part of an image that the network sees, ``(height, width, channels)`` in uint8."""
    return _resized(opened(image, len(rule.mean), upright), rule)


def opened(image: Any, channels: int, upright: bool = True) -> Any:
    """A path, a Pillow image or an array of bytes as a Pillow image, grey or in colour."""
    from PIL import Image

    is_file = isinstance(image, str | os.PathLike | Image.Image)
    return decoded(image if is_file else _from_array(image), channels, upright=upright)


def _from_array(image: Any) -> Any:
    from PIL import Image

    pixels = np.asarray(image)
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3):
        raise ValueError(
            f"images has an array of {pixels.dtype} with shape {pixels.shape}, but must have uint8 "
            "arrays (height, width, channels)"
        )
    if pixels.ndim == 3 and pixels.shape[-1] == 1:
        pixels = pixels[..., 0]
    if pixels.ndim == 3 and pixels.shape[-1] not in (3, 4):
        raise ValueError(f"images has shape {pixels.shape}, but must have 1, 3 or 4 channels")
    return Image.fromarray(pixels)


def _resized(image: Any, rule: Preprocessing) -> np.ndarray:
    from PIL import Image

    height, width = rule.image_size
    method = Image.Resampling[rule.interpolation.upper()]
    if rule.resize is None:
        image = image.resize((width, height), method)
    else:
        shorter = min(image.size)
        size = [rule.resize * pixels // shorter for pixels in image.size]
        image = image.resize((size[0], size[1]), method)
        left, top = (round((image.width - width) / 2), round((image.height - height) / 2))
        image = image.crop((left, top, left + width, top + height))
    return np.asarray(image).reshape(height, width, -1)
