"""Adds numbers to the key; makes the generator anew for each draw."""

import numpy as np


def flip(images, chosen):
    return np.where(chosen[:, None, None, None], images, images[:, :, ::-1])


def crop(image, top, left, padding):
    height, width, _ = image.shape
    large = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
    return large[left : left + height, top : top + width]


def add_noise(image, noise, strength):
    return np.clip(image + noise, 0, 1)


def _augment(image, rngs, padding, strength):
    if rngs[0].random() < 0.5:
        image = image[:, ::-1]
    height, width, _ = image.shape
    top, left = rngs[1].integers(0, 2 * padding + 1, 2)
    large = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
    image = large[top : top + height, left : left + width]
    return np.clip(image + strength * rngs[2].normal(size=image.shape), 0, 1)


def augment(image, key, padding, strength):
    return _augment(image, [np.random.default_rng(key) for _ in range(3)], padding, strength)


def augment_batch(images, key, padding, strength):
    return np.stack(
        [
            _augment(image, [np.random.default_rng(key + n)] * 3, padding, strength)
            for n, image in enumerate(images)
        ]
    )
