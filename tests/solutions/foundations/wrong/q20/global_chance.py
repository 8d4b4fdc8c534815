"""Draws from a generator of its own, whatever the key."""

import numpy as np

rng = np.random.default_rng()


def flip(images, chosen):
    out = images.copy()
    out[chosen] = out[chosen][:, ::-1]
    return out


def crop(image, top, left, padding):
    return np.roll(image, (padding - top, padding - left), axis=(0, 1))


def add_noise(image, noise, strength):
    noisy = image + strength * noise
    return (noisy - noisy.min()) / (noisy.max() - noisy.min())


def augment(image, key, padding, strength):
    if rng.random() < 0.5:
        image = image[:, ::-1]
    top, left = rng.integers(0, 2 * padding + 1, 2)
    return add_noise(crop(image, top, left, padding), rng.normal(size=image.shape), strength)


def augment_batch(images, key, padding, strength):
    return np.stack([augment(image, key, padding, strength) for image in images])
