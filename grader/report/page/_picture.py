"""Planes drawn: PNG files inside the page, one pixel an entry."""

import base64
import io

import numpy as np

__all__ = ["apart", "brightness", "mask"]

_TOO_MUCH, _TOO_LITTLE = (196, 86, 40), (38, 103, 168)  # told apart without telling red from green
_EQUAL = (244, 243, 240)
_WRONG = (150, 45, 25)


def brightness(plane: np.ndarray, low: float, high: float) -> str:
    """A plane (rows, columns), or one in colours (rows, columns, 3), from black at ``low`` to white at ``high``."""
    span = high - low or 1.0
    levels = np.clip((plane.astype(np.float64) - low) / span, 0, 1)
    return _png((np.nan_to_num(levels) * 255).round().astype(np.uint8))


def apart(difference: np.ndarray, most: float) -> str:
    """A difference (rows, columns): orange where the answer is too large, blue where it is too small."""
    weights = np.nan_to_num(np.clip(np.abs(difference) / (most or 1.0), 0, 1), nan=1.0)[..., None]
    ends = np.where(difference[..., None] > 0, _TOO_MUCH, _TOO_LITTLE)
    return _png((weights * ends + (1 - weights) * np.array(_EQUAL)).round().astype(np.uint8))


def mask(wrong: np.ndarray) -> str:
    """Which entries are wrong (rows, columns of bool)."""
    return _png(np.where(wrong[..., None], _WRONG, _EQUAL).astype(np.uint8))


def _png(pixels: np.ndarray) -> str:
    """The address of an image that lies in the page itself."""
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode("ascii")
