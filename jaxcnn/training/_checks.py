"""What images and labels must be, before anything is computed from them."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from jaxcnn._notice import tell

_AT_ONCE = 256  # images looked at together


def check_labels(name: str, labels: Any, num_classes: int | None) -> np.ndarray:
    """Labels of a batch or a set as an array, all of them classes of the network, if it is known."""
    labels = np.asarray(labels)
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        cure = ": give labels.argmax(-1)" if labels.ndim == 2 and labels.shape[1] > 1 else ""
        raise ValueError(
            f"{name} must be (number,) integers, but have shape {labels.shape} and type "
            f"{labels.dtype}{cure}"
        )
    most = np.iinfo(np.int32).max if num_classes is None else num_classes - 1
    wrong = (labels < 0) | (labels > most)
    if wrong.any():
        row = int(wrong.argmax())
        why = "" if num_classes is None else f", as the network has {num_classes}"
        if labels.min() == 1 and labels.max() == num_classes:
            why += "; they count from 1: give labels - 1"
        raise ValueError(f"{name}[{row}] (={labels[row]}) must be a class from 0 to {most}{why}")
    return labels.astype(np.int32)


def checked_arrays(images: Any, labels: Any) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of a whole set, as arrays that go together."""
    images, labels = np.asarray(images), np.asarray(labels)
    if len(images.shape) < 2 or 0 in images.shape:
        raise ValueError(
            f"images has shape {images.shape}, but must be (number, *spatial, channels) with at "
            "least one example, pixel and channel"
        )
    if images.dtype != np.uint8 and not jnp.issubdtype(images.dtype, jnp.floating):
        raise ValueError(f"images has type {images.dtype}, but must be uint8 or floating")
    if labels.shape != images.shape[:1]:
        one_hot = labels.ndim == 2 and len(labels) == len(images) and labels.shape[1] > 1
        cure = "; of one-hot labels give labels.argmax(-1)" if one_hot else ""
        raise ValueError(
            f"labels has shape {labels.shape}, but must be ({len(images)},): one for each image{cure}"
        )
    check_images("images", images)
    return images, check_labels("labels", labels, None)


def check_images(name: str, images: Any) -> None:
    """Refuses images that are not numbers: what a network makes of them may look like an answer.

    Args:
        name: What they are called.
        images: ``(number, *spatial, channels)``; those on a device are not fetched.

    Raises:
        ValueError: One of them holds NaN or infinity.
    """
    if not isinstance(images, np.ndarray) or images.dtype == np.uint8:
        return
    for start in range(0, len(images), _AT_ONCE):
        part = images[start : start + _AT_ONCE]
        if np.isfinite(part).all():
            continue
        row = next(row for row, image in enumerate(part) if not np.isfinite(image).all())
        raise ValueError(
            f"{name}[{start + row}] must hold finite numbers, but holds NaN or infinity: fill it in "
            "or leave that example out"
        )


def tell_unscaled(name: str, images: Any) -> None:
    """Warns of bytes that were made floats without being scaled, which nothing else shows."""
    if not isinstance(images, np.ndarray) or images.dtype == np.uint8:
        return
    some = images[:_AT_ONCE].astype(np.float32)
    if 128 <= some.max() <= 255 and some.min() >= 0 and (some == np.round(some)).all():
        tell(
            f"{name}: images are whole numbers up to {int(some.max())} as floats, which are taken as "
            "they are: divide by 255, or give uint8 where bytes are taken, unless the network was "
            "made for such numbers"
        )
