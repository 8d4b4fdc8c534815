"""Question 5, iconic images and natural images."""

import jax.numpy as jnp
import numpy as np


def contrast_energy(image: np.ndarray) -> np.ndarray:
    """Contrast energy of each pixel with respect to the background."""
    border = np.ones(image.shape[:2], bool)
    border[1:-1, 1:-1] = False
    contrast = (image / np.float32(255)) - np.median(image[border], axis=0) / np.float32(255)
    return np.einsum("ijc,ijc->ij", contrast, contrast).astype(np.float32)


def window_bias(image: np.ndarray, offset: int = 0) -> float:
    """Bias of a window: its share of the energy, divided by its share of the area."""
    h, w = image.shape[:2]
    energy = jnp.asarray(contrast_energy(image))
    central = jnp.zeros((h, w)).at[h // 4 : h - h // 4, w // 4 : w - w // 4].set(1)
    window = jnp.roll(central, offset, axis=1)
    total = energy.sum()
    bias = (window * energy).sum() / jnp.where(total > 0, total, 1) / window.mean()
    return float(jnp.where(total > 0, bias, 1.0))


def separability(first: np.ndarray, second: np.ndarray) -> float:
    """Probability that a value of ``first`` exceeds a value of ``second``."""
    ordered = np.sort(second)
    below = np.searchsorted(ordered, first, side="left")
    below_or_equal = np.searchsorted(ordered, first, side="right")
    return float((below + below_or_equal).mean() / (2 * len(second)))


def bias_profile(images: np.ndarray, offsets: list[int]) -> np.ndarray:
    """Mean bias of a set of images for each offset of the window."""
    return np.array([[window_bias(x, o) for o in offsets] for x in images]).mean(axis=0)


def advice(train: np.ndarray, target: np.ndarray) -> str:
    """What the measures advise to someone who trains on ``train`` and works on ``target``."""
    ours, theirs = (float(np.mean([*map(window_bias, images)])) for images in (train, target))
    match ours / theirs:
        case r if r >= 1.25:
            return "shift_or_slide"
        case r if r <= 0.8:
            return "easier_target"
        case _:
            return "use_as_is"


ANSWER = "Measured, and concluded from the figures."
