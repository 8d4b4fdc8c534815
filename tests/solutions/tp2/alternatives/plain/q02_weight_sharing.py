"""Question 2, what convolution brings."""

import math

import numpy as np

CLAIMS = (
    "fewer_weights",
    "conv_is_equivariant",
    "dense_is_equivariant",
    "conv_is_invariant",
    "conv_is_more_accurate",
)
TOLERANCE = 1e-3


def norm(values: np.ndarray) -> float:
    return math.sqrt(math.fsum(value * value for value in values.ravel().tolist()))


def shifted(maps: np.ndarray, shift: tuple[int, int]) -> np.ndarray:
    height, width = maps.shape[:2]
    out = np.empty_like(maps)
    for i in range(height):
        for j in range(width):
            out[(i + shift[0]) % height, (j + shift[1]) % width] = maps[i, j]
    return out


def conv_layer(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Given: a convolution with circular borders."""
    rows, columns = weights.shape[:2]
    return sum(
        np.roll(image, (rows // 2 - u, columns // 2 - v), axis=(0, 1)) @ weights[u, v]
        for u in range(rows)
        for v in range(columns)
    )


def dense_layer(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Given: a dense layer whose output is arranged as maps."""
    height, width, _ = image.shape
    return (image.reshape(-1) @ weights).reshape(height, width, -1)


LAYERS = {"conv": conv_layer, "dense": dense_layer}


def weight_counts(
    height: int, width: int, in_channels: int, kernel: int, filters: int
) -> dict[str, int]:
    """Number of weights, WITHOUT biases, of three layers with the same output."""
    outputs = height * width * filters
    return {
        "dense": outputs * height * width * in_channels,
        "local": outputs * kernel * kernel * in_channels,
        "conv": filters * kernel * kernel * in_channels,
    }


def savings(
    height: int, width: int, in_channels: int, kernel: int, filters: int
) -> dict[str, float]:
    """By how much each of the two ideas divides the number of weights."""
    counts = weight_counts(height, width, in_channels, kernel, filters)
    return {
        "locality": counts["dense"] / counts["local"],
        "sharing": counts["local"] / counts["conv"],
    }


def equivariance_error(
    layer: str, weights: np.ndarray, image: np.ndarray, shift: tuple[int, int]
) -> float:
    """How far the layer's response is from moving along with the image."""
    f = LAYERS[layer]
    before = f(image, weights)
    return norm(f(shifted(image, shift), weights) - shifted(before, shift)) / norm(before)


def invariance_error(
    layer: str, weights: np.ndarray, image: np.ndarray, shift: tuple[int, int]
) -> float:
    """How much the layer's response changes when the image is shifted."""
    f = LAYERS[layer]
    before = f(image, weights)
    return norm(f(shifted(image, shift), weights) - before) / norm(before)


def supported_claims(conv: dict[str, float], dense: dict[str, float]) -> list[str]:
    """The claims of ``CLAIMS`` that these measurements support."""
    claims = []
    if conv["weights"] < dense["weights"]:
        claims.append("fewer_weights")
    if conv["equivariance_error"] < TOLERANCE:
        claims.append("conv_is_equivariant")
    if dense["equivariance_error"] < TOLERANCE:
        claims.append("dense_is_equivariant")
    if conv["invariance_error"] < TOLERANCE:
        claims.append("conv_is_invariant")
    return claims


ANSWER = "Measured, and concluded from the figures."
