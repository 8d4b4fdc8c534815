"""Question 3: cumulative products, and sums of them."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np


def network(image, layers):
    """Given: convolutions with one channel, one after the other."""
    weights = [jnp.asarray(layer["weights"]) for layer in layers]
    settings = tuple((layer["stride"], layer["dilation"], layer["padding"]) for layer in layers)
    return convolve(jnp.asarray(image), weights, settings)


@partial(jax.jit, static_argnames="settings")
def convolve(x, weights, settings):
    """Given: the computation of ``network``, compiled in one piece."""
    for kernel, (stride, dilation, padding) in zip(weights, settings, strict=True):
        x = jax.lax.conv_general_dilated(
            x[None, None],
            kernel[None, None],
            window_strides=(stride, stride),
            padding=((padding, padding), (padding, padding)),
            rhs_dilation=(dilation, dilation),
        )[0, 0]
    return x


def columns(layers):
    names = ("kernel", "stride", "dilation", "padding")
    table = np.array([[layer[name] for name in names] for layer in layers], int).reshape(-1, 4)
    jumps = np.cumprod(np.concatenate([[1], table[:, 1]]))
    return table, jumps[:-1], int(jumps[-1])


def field_jump(layers):
    return columns(layers)[2]


def field_size(layers):
    table, jumps, _ = columns(layers)
    return 1 + int(((table[:, 0] - 1) * table[:, 2]) @ jumps)


def field_offset(layers):
    table, jumps, _ = columns(layers)
    return float(((table[:, 0] - 1) * table[:, 2] / 2 - table[:, 3]) @ jumps)


def seen_pixels(layers, neuron, image_size):
    table, jumps, jump = columns(layers)
    first = neuron * jump - int(table[:, 3] @ jumps)
    first, last = np.clip([first, first + field_size(layers) - 1], 0, image_size - 1)
    return int(first), int(last)


def pixels_by_gradient(layers, image, position):
    image = jnp.asarray(image)
    chosen = jnp.zeros(network(image, layers).shape).at[position[0], position[1]].set(1.0)
    slope = jax.jacrev(lambda x: jnp.vdot(network(x, layers), chosen))(image)
    lit = np.abs(np.asarray(slope)) > 0

    def span(axis):
        found = np.flatnonzero(lit.any(axis=axis))
        return found[0].item(), found[-1].item()

    return span(1), span(0)


def blocks_needed(block, object_size):
    grown = [1]
    while grown[-1] < object_size:
        grown.append(field_size(block * len(grown)))
    return len(grown) - 1


ANSWER = "Measured, and concluded from the figures."
