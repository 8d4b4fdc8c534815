"""Question 3, what a neuron sees."""

from dataclasses import dataclass
from functools import partial, reduce
from itertools import count

import jax
import jax.numpy as jnp
import numpy as np


@dataclass(frozen=True)
class Field:
    jump: int = 1
    size: int = 1
    offset: float = 0.0

    def after(self, layer: dict) -> "Field":
        reach = layer["dilation"] * (layer["kernel"] - 1)
        return Field(
            jump=self.jump * layer["stride"],
            size=self.size + reach * self.jump,
            offset=self.offset + (reach / 2 - layer["padding"]) * self.jump,
        )


def field(layers: list[dict]) -> Field:
    return reduce(Field.after, layers, Field())


def network(image: jax.Array, layers: list[dict]) -> jax.Array:
    """Given: convolutions with one channel, one after the other."""
    weights = [jnp.asarray(layer["weights"]) for layer in layers]
    settings = tuple((layer["stride"], layer["dilation"], layer["padding"]) for layer in layers)
    return convolve(jnp.asarray(image), weights, settings)


@partial(jax.jit, static_argnames="settings")
def convolve(x: jax.Array, weights: list[jax.Array], settings: tuple) -> jax.Array:
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


def field_jump(layers: list[dict]) -> int:
    """Distance, in image pixels, between the centres of two neighbouring neurons."""
    return field(layers).jump


def field_size(layers: list[dict]) -> int:
    """Size of the receptive field of a neuron of the last layer, in pixels, along one axis."""
    return field(layers).size


def field_offset(layers: list[dict]) -> float:
    """Coordinate, in image pixels, of the centre of the first neuron's field."""
    return field(layers).offset


def seen_pixels(layers: list[dict], neuron: int, image_size: int) -> tuple[int, int]:
    """First and last image pixels that a neuron sees, along one axis."""
    f = field(layers)
    centre = f.offset + f.jump * neuron
    ends = np.clip([centre - (f.size - 1) / 2, centre + (f.size - 1) / 2], 0, image_size - 1)
    return tuple(int(end) for end in ends)


def pixels_by_gradient(
    layers: list[dict], image: jax.Array, position: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """The rectangle of pixels on which a neuron really depends, found by differentiating."""
    answer, pullback = jax.vjp(lambda x: network(x, layers), jnp.asarray(image))
    (gradient,) = pullback(jnp.zeros_like(answer).at[tuple(position)].set(1))
    lit = np.argwhere(np.asarray(gradient) != 0)
    (top, left), (bottom, right) = lit.min(axis=0), lit.max(axis=0)
    return (int(top), int(bottom)), (int(left), int(right))


def blocks_needed(block: list[dict], object_size: int) -> int:
    """How many times to repeat a block of layers in order to see a whole object."""
    return next(n for n in count() if field_size(n * block) >= object_size)


ANSWER = "Measured, and concluded from the figures."
