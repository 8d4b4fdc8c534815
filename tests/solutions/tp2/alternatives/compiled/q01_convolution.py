"""Question 1, a convolution by hand."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np


def output_size(size: int, kernel: int, padding: int, stride: int) -> int:
    """Number of positions of the filter along one axis."""
    return 1 + (size + 2 * padding - kernel) // stride


def conv_parameters(kernel: int, in_channels: int, filters: int) -> int:
    """Number of parameters (weights and biases) of a convolution layer."""
    return (in_channels * kernel**2 + 1) * filters


def dense_parameters(
    height: int,
    width: int,
    in_channels: int,
    kernel: int,
    filters: int,
    padding: int = 0,
    stride: int = 1,
) -> int:
    """Number of parameters of a dense layer with the same output as the convolution."""
    position_count = partial(output_size, kernel=kernel, padding=padding, stride=stride)
    outputs = position_count(height) * position_count(width) * filters
    return height * width * in_channels * outputs + outputs


def conv2d_loops(
    x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Convolution of one image, written with loops and NumPy."""
    k, m, _, filters = kernel.shape
    x = np.pad(np.asarray(x, np.float32), ((padding, padding), (padding, padding), (0, 0)))
    shape = (output_size(x.shape[0], k, 0, stride), output_size(x.shape[1], m, 0, stride), filters)
    y = np.empty(shape, np.float32)
    for i, j in np.ndindex(shape[:2]):
        block = x[i * stride : i * stride + k, j * stride : j * stride + m]
        y[i, j] = np.einsum("uvc,uvcf->f", block, kernel) + bias
    return y


def conv2d(
    x: jax.Array, kernel: jax.Array, bias: jax.Array, stride: int = 1, padding: int = 0
) -> jax.Array:
    """The same convolution, vectorised in JAX: no loop over the pixels."""
    x = jnp.pad(x, ((padding, padding), (padding, padding), (0, 0)))
    k, m, channels, _ = kernel.shape

    def answer(top: jax.Array, left: jax.Array) -> jax.Array:
        block = jax.lax.dynamic_slice(x, (top, left, 0), (k, m, channels))
        return jnp.einsum("uvc,uvcf->f", block, kernel) + bias

    tops = jnp.arange(0, x.shape[0] - k + 1, stride)
    lefts = jnp.arange(0, x.shape[1] - m + 1, stride)
    over_columns = jax.vmap(answer, in_axes=(None, 0))
    return jax.vmap(over_columns, in_axes=(0, None))(tops, lefts)


def conv2d_batch(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
    """Given: ``conv2d`` on a whole batch of images (batch, height, width, channels)."""
    return jax.jit(jax.vmap(conv2d, in_axes=(0, None, None)))(x, kernel, bias)


def loss(kernel: jax.Array, x: jax.Array, bias: jax.Array, target: jax.Array) -> jax.Array:
    """Given: the distance to a wanted output, which learning the filter decreases."""
    return 0.5 * jnp.sum((conv2d(x, kernel, bias, stride=1, padding=1) - target) ** 2)


def loss_gradient(kernel: jax.Array, x: jax.Array, bias: jax.Array, target: jax.Array) -> jax.Array:
    """Given: the derivative of ``loss`` with respect to the filter, of the filter's shape."""
    return jax.jit(jax.grad(loss))(kernel, x, bias, target)
