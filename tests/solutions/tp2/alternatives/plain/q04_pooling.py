"""Question 4, what pooling is for."""

import math

import numpy as np

CLAIMS = (
    "stride_saves_multiplications",
    "stride_forgives_shifts",
    "window_forgives_shifts",
    "pooling_removes_all_sensitivity",
    "pooling_shrinks_the_next_filters",
)
CLEARLY_LOWER = 0.9
ZERO = 1e-3


def windows(x: np.ndarray, window: int, stride: int):
    height, width, _ = x.shape
    for top in range(0, height - window + 1, stride):
        yield [
            x[top : top + window, left : left + window]
            for left in range(0, width - window + 1, stride)
        ]


def max_pool(x: np.ndarray, window: int, stride: int) -> np.ndarray:
    """Max pooling of one image."""
    return np.array(
        [[block.max(axis=(0, 1)) for block in line] for line in windows(x, window, stride)], x.dtype
    )


def avg_pool(x: np.ndarray, window: int, stride: int) -> np.ndarray:
    """Average pooling of one image: the mean of every window instead of its maximum."""
    return np.array(
        [[block.mean(axis=(0, 1)) for block in line] for line in windows(x, window, stride)]
    )


def shift_sensitivity(images: np.ndarray, window: int, stride: int) -> float:
    """How much max pooling lets the output change when the image moves by one pixel."""
    ratios = []
    for image in images.astype(float):
        reference = max_pool(image, window, stride)
        size = math.sqrt((reference**2).sum())
        for down, right in [(-1, 0), (1, 0), (0, -1), (0, 1)]:
            moved = max_pool(np.roll(image, (down, right), axis=(0, 1)), window, stride)
            ratios.append(math.sqrt(((moved - reference) ** 2).sum()) / size)
    return sum(ratios) / len(ratios)


def multiplications(
    height: int, width: int, channels: int, window: int, stride: int, kernel: int, filters: int
) -> int:
    """Number of multiplications of the convolution that follows a pooling."""
    rows = len(range(0, height - window + 1, stride))
    columns = len(range(0, width - window + 1, stride))
    return rows * columns * filters * kernel * kernel * channels


def supported_claims(
    plain: dict[str, float], strided: dict[str, float], pooled: dict[str, float]
) -> list[str]:
    """The claims of ``CLAIMS`` that three experiments support."""
    supported = []
    if strided["multiplications"] < plain["multiplications"]:
        supported.append(CLAIMS[0])
    if strided["sensitivity"] < CLEARLY_LOWER * plain["sensitivity"]:
        supported.append(CLAIMS[1])
    if pooled["sensitivity"] < CLEARLY_LOWER * strided["sensitivity"]:
        supported.append(CLAIMS[2])
    if pooled["sensitivity"] < ZERO:
        supported.append(CLAIMS[3])
    if pooled["weights"] < plain["weights"]:
        supported.append(CLAIMS[4])
    return supported


ANSWER = "Measured, and concluded from the figures."
