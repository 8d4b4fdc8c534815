"""Question 2, what convolution brings."""

import jax
import jax.numpy as jnp
import numpy as np

CLAIMS = (
    "fewer_weights",
    "conv_is_equivariant",
    "dense_is_equivariant",
    "conv_is_invariant",
    "conv_is_more_accurate",
)
TOLERANCE = 1e-3


@jax.jit
def relative(difference: jax.Array, response: jax.Array) -> jax.Array:
    return jnp.linalg.norm(difference.ravel()) / jnp.linalg.norm(response.ravel())


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
    conv = kernel * kernel * in_channels * filters
    pixels = height * width
    return {"conv": conv, "local": conv * pixels, "dense": pixels**2 * in_channels * filters}


def savings(
    height: int, width: int, in_channels: int, kernel: int, filters: int
) -> dict[str, float]:
    # Channels and filters cancel out.
    """By how much each of the two ideas divides the number of weights."""
    return {"sharing": float(height * width), "locality": height * width / kernel**2}


def equivariance_error(
    layer: str, weights: np.ndarray, image: np.ndarray, shift: tuple[int, int]
) -> float:
    """How far the layer's response is from moving along with the image."""
    f, roll = LAYERS[layer], lambda x: np.roll(x, shift, axis=(0, 1))
    response = f(image, weights)
    return relative(f(roll(image), weights) - roll(response), response).item()


def invariance_error(
    layer: str, weights: np.ndarray, image: np.ndarray, shift: tuple[int, int]
) -> float:
    """How much the layer's response changes when the image is shifted."""
    response = LAYERS[layer](image, weights)
    moved = LAYERS[layer](np.roll(np.roll(image, shift[0], axis=0), shift[1], axis=1), weights)
    return relative(moved - response, response).item()


def supported_claims(conv: dict[str, float], dense: dict[str, float]) -> list[str]:
    """The claims of ``CLAIMS`` that these measurements support."""
    verdicts = {
        "conv_is_invariant": conv["invariance_error"] < TOLERANCE,
        "dense_is_equivariant": dense["equivariance_error"] < TOLERANCE,
        "conv_is_equivariant": conv["equivariance_error"] < TOLERANCE,
        "fewer_weights": conv["weights"] < dense["weights"],
    }
    return [claim for claim in CLAIMS if verdicts.get(claim)]


ANSWER = "Measured, and concluded from the figures."
