"""Question 7: numbers of pixels as arrays, layers as objects."""

import numpy as np


def dense(x, weights, bias):
    """Given: flatten, then multiply by the weights."""
    return x.reshape(-1) @ weights + bias


class Flattening:
    """Which number each entry gets."""

    def __init__(self, shape, order):
        height, width, channels = shape
        numbers = np.arange(height * width * channels)
        self.numbers = (
            numbers.reshape(shape)
            if order == "hwc"
            else np.moveaxis(numbers.reshape(channels, height, width), 0, -1)
        )

    def undone(self, weights):
        return weights[self.numbers]


def kernel_from_dense(weights, shape, order="hwc"):
    return Flattening(tuple(shape), order).undone(weights)


class Slid:
    def __init__(self, layer, shape):
        self.layer, self.shape = layer, shape

    def __call__(self, x):
        height, width, _ = self.shape
        rows, columns = x.shape[0] - height + 1, x.shape[1] - width + 1
        lines = (
            np.stack([self.layer(x[i : i + height, j : j + width]) for j in range(columns)])
            for i in range(rows)
        )
        return np.stack(list(lines))


def dense_as_convolution(x, weights, bias, shape):
    return Slid(lambda part: dense(part, weights, bias), shape)(x)


def matrix_of_convolution(kernel, shape):
    """What the convolution answers to each image with a single 1."""
    kh, kw, channels, filters = kernel.shape
    flat = kernel.reshape(-1, filters)
    answer = Slid(lambda part: part.reshape(-1) @ flat, (kh, kw, channels))
    lit = np.eye(int(np.prod(shape)), dtype=kernel.dtype)
    return np.stack([answer(image.reshape(shape)).ravel() for image in lit])


ANSWER = "Measured, and concluded from the figures."
