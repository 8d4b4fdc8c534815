"""Question 5, iconic images and natural images."""

import numpy as np


def contrast_energy(image: np.ndarray) -> np.ndarray:
    """Contrast energy of each pixel with respect to the background."""
    height, width, channels = image.shape
    energy = np.zeros((height, width))
    for c in range(channels):
        channel = image[:, :, c].astype(float)
        border = []
        for i in range(height):
            for j in range(width):
                if i in (0, height - 1) or j in (0, width - 1):
                    border.append(channel[i, j])
        energy += ((channel - np.median(border)) / 255) ** 2
    return energy


def window_bias(image: np.ndarray, offset: int = 0) -> float:
    """Bias of a window: its share of the energy, divided by its share of the area."""
    energy = contrast_energy(image)
    height, width = energy.shape
    total = energy.sum()
    if total == 0:
        return 1.0
    rows = range(height // 4, height - height // 4)
    columns = range(width // 4 + offset, width - width // 4 + offset)
    inside = sum(energy[i, j] for i in rows for j in columns)
    return float(inside / total / (len(rows) * len(columns) / (height * width)))


def separability(first: np.ndarray, second: np.ndarray) -> float:
    """Probability that a value of ``first`` exceeds a value of ``second``."""
    points = 0.0
    for a in first:
        for b in second:
            points += 1.0 if a > b else 0.5 if a == b else 0.0
    return points / (len(first) * len(second))


def bias_profile(images: np.ndarray, offsets: list[int]) -> np.ndarray:
    """Mean bias of a set of images for each offset of the window."""
    profile = []
    for offset in offsets:
        profile.append(sum(window_bias(image, offset) for image in images) / len(images))
    return np.array(profile)


def advice(train: np.ndarray, target: np.ndarray) -> str:
    """What the measures advise to someone who trains on ``train`` and works on ``target``."""
    ratio = bias_profile(train, [0])[0] / bias_profile(target, [0])[0]
    if ratio >= 1.25:
        return "shift_or_slide"
    if ratio <= 0.8:
        return "easier_target"
    return "use_as_is"


ANSWER = "Measured, and concluded from the figures."
