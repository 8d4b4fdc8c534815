"""Question 7, a dense layer is a convolution (and conversely)."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxcnn.functional import conv


def dense(x: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """The dense layer to start from (given): flatten, then multiply by the weights."""
    return x.reshape(-1) @ weights + bias


def kernel_from_dense(weights: np.ndarray, shape: tuple, order: str = "hwc") -> np.ndarray:
    """Kernel of the convolution that does the work of a dense layer."""
    sizes = dict(zip("hwc", shape, strict=True))
    unflattened = weights.reshape(*(sizes[axis] for axis in order), -1)
    return jnp.einsum(f"{order}u->hwcu", unflattened)


def dense_as_convolution(
    x: np.ndarray, weights: np.ndarray, bias: np.ndarray, shape: tuple
) -> np.ndarray:
    """The dense layer, applied to every window of an image by a "valid" convolution."""
    return conv(
        jnp.asarray(x), kernel_from_dense(weights, shape), jnp.asarray(bias), padding="valid"
    )


def matrix_of_convolution(kernel: np.ndarray, shape: tuple) -> np.ndarray:
    """The converse: the weights of the dense layer that computes a "valid" convolution."""

    def flat_convolution(x: jax.Array) -> jax.Array:
        return conv(x.reshape(shape), jnp.asarray(kernel), padding="valid").ravel()

    # The function is linear: its Jacobian is its matrix, whatever the point.
    return jax.jacobian(flat_convolution)(jnp.zeros(int(np.prod(shape)))).T
