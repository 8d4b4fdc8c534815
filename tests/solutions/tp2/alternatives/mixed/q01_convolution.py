"""Question 1, a convolution by hand."""

import jax
import jax.numpy as jnp
import numpy as np


def output_size(size: int, kernel: int, padding: int, stride: int) -> int:
    """Number of positions of the filter along one axis."""
    starts = range(-padding, size + padding - kernel + 1, stride)
    return len(starts)


def conv_parameters(kernel: int, in_channels: int, filters: int) -> int:
    """Number of parameters (weights and biases) of a convolution layer."""
    total = 0
    for _ in range(filters):
        total += kernel * kernel * in_channels + 1
    return total


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
    inputs = height * width * in_channels
    outputs = filters
    for size in (height, width):
        outputs *= output_size(size, kernel, padding, stride)
    return (inputs + 1) * outputs


def conv2d_loops(
    x: np.ndarray, kernel: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Convolution of one image, written with loops and NumPy."""
    k, m = kernel.shape[:2]
    x = np.pad(x, ((padding, padding), (padding, padding), (0, 0))).astype(float)
    rows, columns = ((n - size) // stride + 1 for n, size in zip(x.shape[:2], (k, m), strict=True))
    y = np.tile(bias.astype(float), (rows, columns, 1))
    for u in range(k):
        for v in range(m):
            y += (
                x[u : u + rows * stride : stride, v : v + columns * stride : stride][
                    :rows, :columns
                ]
                @ kernel[u, v]
            )
    return y


def conv2d(
    x: jax.Array, kernel: jax.Array, bias: jax.Array, stride: int = 1, padding: int = 0
) -> jax.Array:
    """The same convolution, vectorised in JAX: no loop over the pixels."""
    """A loop in the compiled program, over the positions inside the filter."""
    k, m, channels, filters = kernel.shape
    x = jnp.pad(x, ((padding, padding), (padding, padding), (0, 0)))
    rows, columns = (x.shape[0] - k) // stride + 1, (x.shape[1] - m) // stride + 1
    size = ((rows - 1) * stride + 1, (columns - 1) * stride + 1, channels)

    def add(y: jax.Array, tap: tuple) -> tuple:
        u, v, weights = tap
        seen = jax.lax.dynamic_slice(x, (u, v, 0), size)[::stride, ::stride]
        return y + seen @ weights, None

    u, v = jnp.divmod(jnp.arange(k * m), m)
    start = jnp.broadcast_to(bias, (rows, columns, filters)).astype(
        jnp.result_type(x, kernel, bias)
    )
    return jax.lax.scan(add, start, (u, v, kernel.reshape(k * m, channels, filters)))[0]


def conv2d_batch(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
    """Given: ``conv2d`` on a whole batch of images (batch, height, width, channels)."""
    return jax.jit(jax.vmap(conv2d, in_axes=(0, None, None)))(x, kernel, bias)


def loss(kernel: jax.Array, x: jax.Array, bias: jax.Array, target: jax.Array) -> jax.Array:
    """Given: the distance to a wanted output, which learning the filter decreases."""
    return 0.5 * jnp.sum((conv2d(x, kernel, bias, stride=1, padding=1) - target) ** 2)


def loss_gradient(kernel: jax.Array, x: jax.Array, bias: jax.Array, target: jax.Array) -> jax.Array:
    """Given: the derivative of ``loss`` with respect to the filter, of the filter's shape."""
    return jax.jit(jax.grad(loss))(kernel, x, bias, target)
