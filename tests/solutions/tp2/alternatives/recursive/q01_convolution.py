"""Question 1: recursion over the offsets, halves added to halves."""

import jax
import jax.numpy as jnp
import numpy as np


def output_size(size, kernel, padding, stride):
    if size + 2 * padding < kernel:
        return 0
    return 1 + output_size(size - stride, kernel, padding, stride)


def conv_parameters(kernel, in_channels, filters):
    if filters == 0:
        return 0
    return kernel * kernel * in_channels + 1 + conv_parameters(kernel, in_channels, filters - 1)


def dense_parameters(height, width, in_channels, kernel, filters, padding=0, stride=1):
    inputs = height * width * in_channels
    rows, columns = (output_size(side, kernel, padding, stride) for side in (height, width))
    return (inputs + 1) * rows * columns * filters


def conv2d_loops(x, kernel, bias, stride=1, padding=0):
    rows, columns = (
        output_size(side, taps, padding, stride)
        for side, taps in zip(x.shape[:2], kernel.shape[:2], strict=True)
    )
    y = np.zeros((rows, columns, kernel.shape[3]), np.float64)

    def pixel(row, column, channel):
        inside = 0 <= row < x.shape[0] and 0 <= column < x.shape[1]
        return float(x[row, column, channel]) if inside else 0.0

    for i, j, f in np.ndindex(*y.shape):
        total = float(bias[f])
        for u, v, c in np.ndindex(*kernel.shape[:3]):
            value = pixel(i * stride + u - padding, j * stride + v - padding, c)
            total += value * float(kernel[u, v, c, f])
        y[i, j, f] = total
    return y


def conv2d(x, kernel, bias, stride=1, padding=0):
    x = jnp.pad(x, ((padding, padding), (padding, padding), (0, 0)))
    height, width = kernel.shape[:2]
    rows, columns = (x.shape[0] - height) // stride + 1, (x.shape[1] - width) // stride + 1
    offsets = [(u, v) for u in range(height) for v in range(width)]

    def part(u, v):
        block = x[u:, v:][::stride, ::stride][:rows, :columns]
        return jnp.einsum("ijc,cf->ijf", block, kernel[u, v])

    def added(these):
        if len(these) == 1:
            return part(*these[0])
        middle = len(these) // 2
        return added(these[:middle]) + added(these[middle:])

    return added(offsets) + bias


def loss(kernel, x, bias, target):
    """Given: the distance to a wanted output."""
    return 0.5 * jnp.sum((conv2d(x, kernel, bias, stride=1, padding=1) - target) ** 2)


def loss_gradient(kernel, x, bias, target):
    """Given: the derivative of ``loss`` with respect to the filter."""
    return jax.jit(jax.grad(loss))(kernel, x, bias, target)


ANSWER = "Measured, and concluded from the figures."
