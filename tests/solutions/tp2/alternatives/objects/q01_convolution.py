"""Question 1: small classes and closures."""

from dataclasses import dataclass
from functools import cached_property

import jax
import jax.numpy as jnp
import numpy as np


@dataclass(frozen=True)
class Axis:
    size: int
    kernel: int
    padding: int = 0
    stride: int = 1

    @cached_property
    def starts(self):
        return range(-self.padding, self.size + self.padding - self.kernel + 1, self.stride)

    def __len__(self):
        return len(self.starts)


def output_size(size, kernel, padding, stride):
    return len(Axis(size, kernel, padding, stride))


def conv_parameters(kernel, in_channels, filters):
    return int(np.prod((kernel, kernel, in_channels, filters))) + filters


def dense_parameters(height, width, in_channels, kernel, filters, padding=0, stride=1):
    outputs = filters
    for side in (height, width):
        outputs *= len(Axis(side, kernel, padding, stride))
    return outputs * height * width * in_channels + outputs


class Padded:
    """An image that is zero outside."""

    def __init__(self, x):
        self.x = x

    def __getitem__(self, place):
        row, column, channel = place
        height, width, _ = self.x.shape
        return self.x[row, column, channel] if 0 <= row < height and 0 <= column < width else 0.0


def conv2d_loops(x, kernel, bias, stride=1, padding=0):
    kh, kw, channels, filters = kernel.shape
    image = Padded(x)
    rows = Axis(x.shape[0], kh, padding, stride).starts
    columns = Axis(x.shape[1], kw, padding, stride).starts
    y = []
    for top in rows:
        line = []
        for left in columns:
            scores = []
            for f in range(filters):
                s = 0.0
                for u in range(kh):
                    for v in range(kw):
                        for c in range(channels):
                            s += image[top + u, left + v, c] * kernel[u, v, c, f]
                scores.append(s + bias[f])
            line.append(scores)
        y.append(line)
    return np.asarray(y, dtype=np.float32).reshape(len(rows), len(columns), filters)


class Convolution:
    def __init__(self, kernel, bias, stride, padding):
        self.kernel, self.bias, self.stride, self.padding = kernel, bias, stride, padding

    def __call__(self, x):
        sides = [
            Axis(n, k, self.padding, self.stride)
            for n, k in zip(x.shape[:2], self.kernel.shape[:2], strict=True)
        ]
        rows, columns = (
            np.array(s.starts)[:, None] + np.arange(s.kernel) + self.padding for s in sides
        )
        around = (self.padding, self.padding)
        padded = jnp.pad(x, (around, around, (0, 0)))
        blocks = padded[rows][:, :, columns]  # (rows, taps, columns, taps, channels)
        return jax.vmap(lambda f, b: jnp.einsum("iujvc,uvc->ij", blocks, f) + b, (3, 0), 2)(
            self.kernel, self.bias
        )


def conv2d(x, kernel, bias, stride=1, padding=0):
    return Convolution(kernel, bias, stride, padding)(x)


def loss(kernel, x, bias, target):
    """Given: the distance to a wanted output."""
    return 0.5 * jnp.sum((conv2d(x, kernel, bias, stride=1, padding=1) - target) ** 2)


def loss_gradient(kernel, x, bias, target):
    """Given: the derivative of ``loss`` with respect to the filter."""
    return jax.jit(jax.grad(loss))(kernel, x, bias, target)


ANSWER = "Measured, and concluded from the figures."
