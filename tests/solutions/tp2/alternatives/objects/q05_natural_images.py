"""Question 5: an image that knows its energy, integral images for the windows."""

from functools import cached_property

import numpy as np


class Photo:
    def __init__(self, image):
        self.image = np.asarray(image, np.float64)
        self.height, self.width = image.shape[:2]

    @cached_property
    def border(self):
        top, bottom = self.image[0], self.image[-1]
        sides = self.image[1:-1, [0, -1]].reshape(-1, self.image.shape[2])
        return np.vstack([top, bottom, sides])

    @cached_property
    def energy(self):
        away = self.image - np.median(self.border, axis=0)
        return np.einsum("ijk,ijk->ij", away, away) / 65025

    @cached_property
    def integral(self):
        return np.pad(self.energy.cumsum(0).cumsum(1), ((1, 0), (1, 0)))

    def mean(self, top, bottom, left, right):
        s = self.integral
        total = s[bottom, right] - s[top, right] - s[bottom, left] + s[top, left]
        return total / ((bottom - top) * (right - left))

    def bias(self, offset):
        if not self.energy.any():
            return 1.0
        top, left = self.height // 4, self.width // 4
        inside = self.mean(top, self.height - top, left + offset, self.width - left + offset)
        return float(inside / self.mean(0, self.height, 0, self.width))


def contrast_energy(image):
    return Photo(image).energy


def window_bias(image, offset=0):
    return Photo(image).bias(offset)


def separability(first, second):
    """By ranks: where each value of the first set stands among those of the second."""
    ordered = np.sort(second)
    below = np.searchsorted(ordered, first, side="left")
    upto = np.searchsorted(ordered, first, side="right")
    return float((below + upto).mean() / (2 * len(second)))


def bias_profile(images, offsets):
    photos = [Photo(image) for image in images]
    return np.array([sum(p.bias(d) for p in photos) / len(photos) for d in offsets])


def advice(train, target):
    ratio = np.divide(*(bias_profile(images, [0]).item() for images in (train, target)))
    words = ["easier_target", "use_as_is", "shift_or_slide"]
    return words[int(ratio > 0.8) + int(ratio >= 1.25)]


ANSWER = "Measured, and concluded from the figures."
