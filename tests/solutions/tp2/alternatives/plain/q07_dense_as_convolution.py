"""Question 7, a dense layer is a convolution (and conversely)."""

import numpy as np


def dense(x: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """The dense layer to start from (given): flatten, then multiply by the weights."""
    return x.reshape(-1) @ weights + bias


def kernel_from_dense(weights: np.ndarray, shape: tuple, order: str = "hwc") -> np.ndarray:
    """Kernel of the convolution that does the work of a dense layer."""
    h, w, c = shape
    kernel = np.empty((h, w, c, weights.shape[1]), weights.dtype)
    for i in range(h):
        for j in range(w):
            for k in range(c):
                row = (i * w + j) * c + k if order == "hwc" else (k * h + i) * w + j
                kernel[i, j, k] = weights[row]
    return kernel


def dense_as_convolution(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, shape: tuple
) -> np.ndarray:
    """The dense layer, applied to every window of an image by a "valid" convolution."""
    h, w, _ = shape
    return np.array(
        [
            [dense(x[i : i + h, j : j + w], weights, bias) for j in range(x.shape[1] - w + 1)]
            for i in range(x.shape[0] - h + 1)
        ]
    )


def matrix_of_convolution(kernel: np.ndarray, shape: tuple) -> np.ndarray:
    """The converse: the weights of the dense layer that computes a "valid" convolution."""
    h, w, c, filters = kernel.shape
    rows, columns = shape[0] - h + 1, shape[1] - w + 1
    matrix = np.zeros((shape[0] * shape[1] * c, rows * columns * filters))
    for i in range(rows):
        for j in range(columns):
            for u in range(h):
                for v in range(w):
                    pixel = ((i + u) * shape[1] + j + v) * c
                    output = (i * columns + j) * filters
                    matrix[pixel : pixel + c, output : output + filters] = kernel[u, v]
    return matrix
