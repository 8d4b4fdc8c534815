"""Question 5: everything by axes and masks, all images at once."""

import numpy as np


def energies(images):
    """(number, height, width) of (number, height, width, channels)."""
    images = np.asarray(images, np.float64) / 255.0
    height, width = images.shape[1:3]
    rows, columns = np.ogrid[:height, :width]
    border = (rows % (height - 1) == 0) | (columns % (width - 1) == 0)
    background = np.median(images[:, border], axis=1)
    away = images - background[:, None, None]
    return np.linalg.norm(away, axis=-1) ** 2


def biases(images, offset):
    energy = energies(images)
    height, width = energy.shape[1:]
    rows, columns = np.ogrid[:height, :width]
    columns = columns - offset
    inside = (rows >= height // 4) & (rows < height - height // 4)
    inside = inside & (columns >= width // 4) & (columns < width - width // 4)
    total = energy.sum(axis=(1, 2))
    share = np.divide(
        (energy * inside).sum(axis=(1, 2)),
        total,
        out=np.full(len(total), inside.mean()),
        where=total > 0,
    )
    return share / inside.mean()


def contrast_energy(image):
    return energies(image[None])[0]


def window_bias(image, offset=0):
    return biases(image[None], offset).item()


def separability(first, second):
    return float((1 + np.sign(np.subtract.outer(first, second)).mean()) / 2)


def bias_profile(images, offsets):
    return np.stack([biases(images, offset).mean() for offset in offsets])


def advice(train, target):
    r = biases(train, 0).mean() / biases(target, 0).mean()
    return str(
        np.select([r >= 1.25, r <= 0.8], ["shift_or_slide", "easier_target"], default="use_as_is")
    )


ANSWER = "Measured, and concluded from the figures."
