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
    height, width, channels = x.shape
    rows, columns, _, filters = kernel.shape
    x, kernel, bias = x.tolist(), kernel.tolist(), bias.tolist()
    out = []
    for top in range(-padding, height + padding - rows + 1, stride):
        line = []
        for left in range(-padding, width + padding - columns + 1, stride):
            answer = list(bias)
            for u in range(rows):
                for v in range(columns):
                    i, j = top + u, left + v
                    if not (0 <= i < height and 0 <= j < width):
                        continue  # a zero of the border
                    for c in range(channels):
                        for f in range(filters):
                            answer[f] += x[i][j][c] * kernel[u][v][c][f]
            line.append(answer)
        out.append(line)
    return np.array(out, dtype=float)


def conv2d(
    x: jax.Array, kernel: jax.Array, bias: jax.Array, stride: int = 1, padding: int = 0
) -> jax.Array:
    """The same convolution, vectorised in JAX: no loop over the pixels."""
    rows, columns = kernel.shape[:2]
    x = jnp.pad(x, [(padding, padding), (padding, padding), (0, 0)])
    tops = np.arange(0, x.shape[0] - rows + 1, stride)
    lefts = np.arange(0, x.shape[1] - columns + 1, stride)
    i = tops[:, None] + np.arange(rows)
    j = lefts[:, None] + np.arange(columns)
    blocks = x[i[:, None, :, None], j[None, :, None, :]]
    return jnp.tensordot(blocks, kernel, axes=3) + bias


def conv2d_batch(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
    """Given: ``conv2d`` on a whole batch of images (batch, height, width, channels)."""
    return jax.jit(jax.vmap(conv2d, in_axes=(0, None, None)))(x, kernel, bias)


def loss(kernel: jax.Array, x: jax.Array, bias: jax.Array, target: jax.Array) -> jax.Array:
    """Given: the distance to a wanted output, which learning the filter decreases."""
    return 0.5 * jnp.sum((conv2d(x, kernel, bias, stride=1, padding=1) - target) ** 2)


def loss_gradient(kernel: jax.Array, x: jax.Array, bias: jax.Array, target: jax.Array) -> jax.Array:
    """Given: the derivative of ``loss`` with respect to the filter, of the filter's shape."""
    return jax.jit(jax.grad(loss))(kernel, x, bias, target)
