"""Question 3: from the last layer to the image, by recursion."""

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


def field_jump(layers):
    return layers[-1]["stride"] * field_jump(layers[:-1]) if layers else 1


def interval(layers, first, last):
    """The pixels, of an image without end, that the neurons first to last depend on."""
    if not layers:
        return first, last
    *before, layer = layers
    start = first * layer["stride"] - layer["padding"]
    stop = last * layer["stride"] - layer["padding"] + layer["dilation"] * (layer["kernel"] - 1)
    return interval(before, start, stop)


def field_size(layers):
    first, last = interval(layers, 0, 0)
    return last - first + 1


def field_offset(layers):
    return sum(interval(layers, 0, 0)) / 2


def seen_pixels(layers, neuron, image_size):
    first, last = interval(layers, neuron, neuron)
    return (first if first > 0 else 0), (last if last < image_size else image_size - 1)


def pixels_by_gradient(layers, image, position):
    image = jnp.asarray(image)
    slope = jax.grad(lambda x: network(x, layers)[tuple(position)])(image)
    touched = np.asarray(slope) != 0

    def first_true(flags):
        return 0 if flags[0] else 1 + first_true(flags[1:])

    def ends(flags):
        return first_true(flags), len(flags) - 1 - first_true(flags[::-1])

    return ends(touched.any(axis=1).tolist()), ends(touched.any(axis=0).tolist())


def blocks_needed(block, object_size, times=0):
    if field_size(times * block) >= object_size:
        return times
    return blocks_needed(block, object_size, times + 1)


ANSWER = "Measured, and concluded from the figures."
