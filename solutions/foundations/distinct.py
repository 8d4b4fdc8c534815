"""Arrays on which no mistake goes unseen by accident: what the checks of several questions draw."""

import math
from collections.abc import Sequence

import numpy as np


def distinct(
    rng: np.random.Generator, shape: Sequence[int], lowest: int | None = None
) -> np.ndarray:
    """Whole numbers in random order, no two of which are equal: no tie, and hardly a sum that comes out alike.

    Args:
        rng: Draws the order.
        shape: Shape of the array.
        lowest: The smallest of them; about half are negative by default.
    """
    size = math.prod(shape)
    first = -(size // 2) if lowest is None else lowest
    return (rng.permutation(size) + first).reshape(shape).astype(np.float32)


def brightnesses(rng: np.random.Generator, shape: Sequence[int]) -> np.ndarray:
    """An image that a report shows as one: whole numbers from 0 to 255 in smooth waves, no two axes alike.

    Args:
        rng: Draws the waves.
        shape: (height, width, channels), or a batch of images with one more axis in front.
    """
    down, across = (
        np.arange(shape[-3])[:, None, None] / shape[-3],
        np.arange(shape[-2])[:, None] / shape[-2],
    )
    image = 3 * down + 2 * across + 0.4 * np.arange(shape[-1]) + np.zeros(shape)
    for _ in range(3):
        turns, phase = rng.uniform(2, 7, (2, *shape[:-3], 1, 1, shape[-1])), rng.uniform(0, 6)
        image += np.sin(turns[0] * down + turns[1] * across + phase)
    low, high = image.min(), image.max()
    return np.round(255 * (image - low) / (high - low)).astype(np.float32)
