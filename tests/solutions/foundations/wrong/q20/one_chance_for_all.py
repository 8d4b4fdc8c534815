"""One key for the whole batch, values that leave the range, offsets counted in the image."""

import numpy as np


def flip(images, chosen):
    return images[:, :, ::-1] if chosen[0] else images


def crop(image, top, left, padding):
    height, width, _ = image.shape
    large = np.pad(image, ((padding, padding), (padding, padding), (0, 0)), mode="edge")
    return large[top : top + height, left : left + width]


def add_noise(image, noise, strength):
    return image + strength * noise


def _move(image, rng, padding, strength):
    height, width, _ = image.shape
    top, left = rng.integers(0, 2 * padding, 2)
    large = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
    image = large[top : top + height, left : left + width]
    return np.clip(image + strength * rng.normal(size=image.shape), 0, 1)


def augment(image, key, padding, strength):
    rng = np.random.default_rng(key)
    if rng.random() < 0.5:
        image = image[:, ::-1]
    return _move(image, rng, padding, strength)


def augment_batch(images, key, padding, strength):
    out = []
    for image in images:
        rng = np.random.default_rng(key)
        if rng.random() < 0.5:
            image = image[:, ::-1]
        height, width, _ = image.shape
        top, left = rng.integers(0, 2 * padding + 1, 2)
        large = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
        image = large[top : top + height, left : left + width]
        out.append(np.clip(image + strength * rng.normal(size=image.shape), 0, 1))
    return np.stack(out)
