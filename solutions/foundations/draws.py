"""What checks of several questions draw."""

import numpy as np
from hypothesis import strategies as st

__all__ = ["pictures"]

_WAVES = 3


def pictures(height: int, width: int, channels: int) -> st.SearchStrategy[np.ndarray]:
    """Draw images as reports show them: smooth, whole numbers from 0 to 255, (height, width, channels) in float32.

    No two rows, columns or channels are equal, so that an exchange shows.
    """
    return st.integers(0, 2**16 - 1).map(lambda seed: _picture(seed, height, width, channels))


def _picture(seed: int, height: int, width: int, channels: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    down, across = np.arange(height)[:, None, None] / height, np.arange(width)[:, None] / width
    image = 1.5 * down + 1.1 * across + 0.4 * np.arange(channels)
    for _ in range(_WAVES):
        turns = generator.uniform(0.3, 1.2, (2, channels))
        phase = generator.uniform(0, 1, channels)
        image = image + np.sin(2 * np.pi * (turns[0] * down + turns[1] * across + phase)) / 2
    low, high = image.min(), image.max()
    return np.round(255 * (image - low) / (high - low)).astype(np.float32)
