"""Question 1: matrices of ones and zeros choose the pixels, einsum does the rest."""

import jax
import jax.numpy as jnp
import numpy as np


def output_size(size, kernel, padding, stride):
    return int(np.floor_divide(size + 2 * padding - kernel + stride, stride))


def conv_parameters(kernel, in_channels, filters):
    return filters * (1 + in_channels * kernel**2)


def dense_parameters(height, width, in_channels, kernel, filters, padding=0, stride=1):
    sides = np.array([height, width])
    outputs = int(np.prod((sides + 2 * padding - kernel) // stride + 1)) * filters
    return outputs * (int(np.prod(sides)) * in_channels + 1)


def conv2d_loops(x, kernel, bias, stride=1, padding=0):
    kh, kw, _, filters = kernel.shape
    rows = output_size(x.shape[0], kh, padding, stride)
    columns = output_size(x.shape[1], kw, padding, stride)
    big = np.zeros((x.shape[0] + 2 * padding, x.shape[1] + 2 * padding, x.shape[2]))
    big[padding : padding + x.shape[0], padding : padding + x.shape[1]] = x
    y = np.empty((rows, columns, filters))
    for i in range(rows):
        for j in range(columns):
            block = big[i * stride : i * stride + kh, j * stride : j * stride + kw]
            for f in range(filters):
                y[i, j, f] = (block * kernel[..., f]).sum() + bias[f]
    return y


def chooser(size, taps, padding, stride):
    """(positions, taps, pixels): 1 where a tap of a position lies on a pixel; nowhere outside the image."""
    places = np.arange(output_size(size, taps, padding, stride))[:, None] * stride
    lies_on = places + np.arange(taps) - padding
    return (lies_on[..., None] == np.arange(size)).astype(np.float32)


def conv2d(x, kernel, bias, stride=1, padding=0):
    rows = chooser(x.shape[0], kernel.shape[0], padding, stride)
    columns = chooser(x.shape[1], kernel.shape[1], padding, stride)
    return jnp.einsum("iuh,jvw,hwc,uvcf->ijf", rows, columns, x, kernel) + bias


def loss(kernel, x, bias, target):
    """Given: the distance to a wanted output."""
    return 0.5 * jnp.sum((conv2d(x, kernel, bias, stride=1, padding=1) - target) ** 2)


def loss_gradient(kernel, x, bias, target):
    """Given: the derivative of ``loss`` with respect to the filter."""
    return jax.jit(jax.grad(loss))(kernel, x, bias, target)


ANSWER = "Measured, and concluded from the figures."
