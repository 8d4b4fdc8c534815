"""The photographs of the figures: those that come with scikit-learn, so nothing is fetched."""

from functools import cache
from typing import NamedTuple

import numpy as np

from jaxcnn.plotting._labels import label


class _Origin(NamedTuple):
    author: str
    licence: str


# Their licences and authors, as scikit-learn states them.
_ORIGINS = {
    "china": _Origin("danielbuechele (Flickr)", "CC BY 2.0"),
    "flower": _Origin("vultilion (Flickr)", "CC BY 2.0"),
}


@cache
def photograph(name: str, side: int) -> np.ndarray:
    """The middle square of a photograph.

    Args:
        name: ``"china"`` or ``"flower"``.
        side: Pixels of the result along each axis.

    Returns:
        ``(side, side, 3)`` bytes, read-only.
    """
    from PIL import Image
    from sklearn.datasets import load_sample_image

    whole = load_sample_image(f"{name}.jpg")
    height, width, _ = whole.shape
    left = (width - height) // 2
    square = Image.fromarray(whole[:, left : left + height])
    pixels = np.array(square.resize((side, side), Image.Resampling.LANCZOS))
    pixels.setflags(write=False)
    return pixels


def credit_of(name: str, language: str) -> str:
    """Whose photograph it is, and under which terms it is passed on."""
    return label("photo", language, **_ORIGINS[name]._asdict())
