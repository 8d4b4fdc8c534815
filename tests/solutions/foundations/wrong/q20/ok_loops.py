import numpy as np


def flip(images, chosen):
    return np.array(
        [np.fliplr(image) if one else image for image, one in zip(images, chosen, strict=True)]
    )


def crop(image, top, left, padding):
    out = np.zeros_like(image)
    height, width = image.shape[:2]
    for i in range(height):
        for j in range(width):
            row, column = i + top - padding, j + left - padding
            if 0 <= row < height and 0 <= column < width:
                out[i, j] = image[row, column]
    return out


def add_noise(image, noise, strength):
    return np.minimum(np.maximum(image + noise * strength, 0.0), 1.0)


def augment(image, key, padding, strength):
    rng = np.random.default_rng(key)
    if rng.random() < 0.5:
        image = image[:, ::-1, :]
    top, left = (int(n) for n in rng.integers(0, 2 * padding + 1, 2))
    return add_noise(crop(image, top, left, padding), rng.normal(size=image.shape), strength)


def augment_batch(images, key, padding, strength):
    out = np.empty(images.shape)
    for n in range(len(images)):
        out[n] = augment(images[n], [key, n], padding, strength)
    return out
