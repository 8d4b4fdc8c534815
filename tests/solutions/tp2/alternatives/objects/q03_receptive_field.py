"""Question 3: an affine map for each layer, composed."""

from functools import partial, reduce
from itertools import count
from typing import NamedTuple

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


class Field(NamedTuple):
    """Neuron n sees the pixels from first + n * jump on, so many of them."""

    jump: int = 1
    first: int = 0
    size: int = 1

    def through(self, layer):
        return Field(
            self.jump * layer["stride"],
            self.first - layer["padding"] * self.jump,
            self.size + (layer["kernel"] - 1) * layer["dilation"] * self.jump,
        )


def field(layers):
    return reduce(Field.through, layers, Field())


def field_jump(layers):
    return field(layers).jump


def field_size(layers):
    return field(layers).size


def field_offset(layers):
    _, first, size = field(layers)
    return first + (size - 1) / 2


def seen_pixels(layers, neuron, image_size):
    jump, first, size = field(layers)
    start = first + neuron * jump
    seen = range(image_size)[max(start, 0) : max(start + size, 0)]
    return seen[0], seen[-1]


def pixels_by_gradient(layers, image, position):
    answer, pull_back = jax.vjp(lambda x: network(x, layers), jnp.asarray(image, jnp.float32))
    (slope,) = pull_back(jnp.zeros_like(answer).at[tuple(position)].set(1))
    places = np.argwhere(np.asarray(slope))
    (top, left), (bottom, right) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    return (top, bottom), (left, right)


def blocks_needed(block, object_size):
    state = Field()
    for number in count():
        if state.size >= object_size:
            return number
        state = reduce(Field.through, block, state)
    return None


ANSWER = "Measured, and concluded from the figures."
