"""Question 3, what a neuron sees."""

import math
from functools import partial

import jax
import jax.numpy as jnp


def borders(layers: list[dict], neuron: int) -> tuple[int, int]:
    first = last = neuron
    for layer in reversed(layers):
        first = first * layer["stride"] - layer["padding"]
        last = last * layer["stride"] - layer["padding"] + layer["dilation"] * (layer["kernel"] - 1)
    return first, last


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
    return math.prod(layer["stride"] for layer in layers)


def field_size(layers: list[dict]) -> int:
    """Size of the receptive field of a neuron of the last layer, in pixels, along one axis."""
    size = 1  # from the last layer back to the image: what one neuron needs of the layer before
    for layer in reversed(layers):
        size = (size - 1) * layer["stride"] + layer["dilation"] * (layer["kernel"] - 1) + 1
    return size


def field_offset(layers: list[dict]) -> float:
    """Coordinate, in image pixels, of the centre of the first neuron's field."""
    return sum(borders(layers, 0)) / 2


def seen_pixels(layers: list[dict], neuron: int, image_size: int) -> tuple[int, int]:
    """First and last image pixels that a neuron sees, along one axis."""
    first, last = borders(layers, neuron)
    return max(first, 0), min(last, image_size - 1)


def pixels_by_gradient(
    layers: list[dict], image: jax.Array, position: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """The rectangle of pixels on which a neuron really depends, found by differentiating."""

    def neuron(pixels: jax.Array) -> jax.Array:
        return network(pixels, layers)[position[0], position[1]]

    gradient = jax.grad(neuron)(image).tolist()
    rows, columns = [], []
    for i, line in enumerate(gradient):
        for j, value in enumerate(line):
            if value != 0:
                rows.append(i)
                columns.append(j)
    return (min(rows), max(rows)), (min(columns), max(columns))


def blocks_needed(block: list[dict], object_size: int) -> int:
    """How many times to repeat a block of layers in order to see a whole object."""
    n = 0
    while field_size(block * n) < object_size:
        n += 1
    return n


ANSWER = "Measured, and concluded from the figures."
