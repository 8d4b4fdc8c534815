"""The one resampling behind every geometric augmentation: where each new pixel looks, and what it sees.

A new pixel at ``p`` looks at ``matrix @ (p - center) + target`` in the old image. Positions are
brought into the image by the fill mode first; after that every tap lies inside. One gather per tap
of whole channel rows: `benchmarks/augment.py` measures it beside the alternatives.
"""

import functools
import itertools
import operator
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from jaxcnn.functional._arguments import a_choice, a_float_array, accumulator, one_batch_axis

FILL_MODES = ("nearest", "constant", "reflect", "mirror")
INTERPOLATIONS = ("bilinear", "nearest")

# Positions are rounded to float32, so one on the border may be computed a little outside.
_ON_THE_BORDER = 2.0**-10


class Look(NamedTuple):
    """Where new pixels look, image by image.

    Attributes:
        matrix: ``(*batch, rank, rank)``.
        center: ``(*batch, rank)``, the place in the new image that looks at ``target``.
        target: ``(*batch, rank)``, a place in the old image.
    """

    matrix: jax.Array
    center: jax.Array
    target: jax.Array


class Filling(NamedTuple):
    """What is seen outside, and how between pixels."""

    mode: str
    value: jax.Array
    interpolation: str


def filling(fill_mode: Any, fill_value: Any, interpolation: Any, channels: int) -> Filling:
    """Check the options of a geometric augmentation."""
    mode = a_choice("fill_mode", fill_mode, FILL_MODES)
    between = a_choice("interpolation", interpolation, INTERPOLATIONS)
    value = jnp.asarray(fill_value, jnp.float32)
    if value.shape not in ((), (channels,)):
        raise ValueError(
            f"fill_value has shape {value.shape}, but must be a number, or one per channel: "
            f"{(channels,)}"
        )
    return Filling(mode, value, between)


def resample(x: jax.Array, look: Look, filling: Filling) -> jax.Array:
    """Let every pixel of images of the same size look at its place in ``x``.

    Args:
        x: ``(*batch, *spatial, channels)``.
        look: Where each pixel looks.
        filling: What it sees there.
    """
    rank = look.matrix.shape[-1]
    a_float_array("x", x)
    flat, batch = one_batch_axis(x, rank)
    each = Look(*(part.reshape(flat.shape[0], *part.shape[len(batch) :]) for part in look))
    y = _resample(flat, each, filling.value, filling.mode, filling.interpolation)
    return y.reshape(x.shape)


@functools.partial(jax.jit, static_argnames=("mode", "interpolation"))
def _resample(
    x: jax.Array, look: Look, value: jax.Array, mode: str, interpolation: str
) -> jax.Array:
    one = functools.partial(_one_image, value=value, mode=mode, interpolation=interpolation)
    return jax.vmap(one)(x, look)


def _one_image(
    x: jax.Array, look: Look, value: jax.Array, mode: str, interpolation: str
) -> jax.Array:
    sizes = x.shape[:-1]
    positions = _positions(look, sizes)
    axes = [
        _taps(_inside(position, size, mode), size, interpolation)
        for position, size in zip(positions, sizes, strict=True)
    ]
    rows = x.reshape(-1, x.shape[-1])
    wide = accumulator(x.dtype)
    y = None
    for taps in itertools.product(*axes):
        place = _row_number([index for index, _ in taps], sizes)
        seen = rows.at[place].get(mode="promise_in_bounds").astype(wide)
        if interpolation == "bilinear":
            weight = functools.reduce(operator.mul, (weight for _, weight in taps))
            seen = seen * weight.astype(wide)[..., None]
        y = seen if y is None else y + seen
    assert y is not None
    if mode == "constant":
        outside = functools.reduce(jnp.logical_or, map(_is_outside, positions, sizes))
        y = jnp.where(outside[..., None], value.astype(wide), y)
    return y.astype(x.dtype)


def _positions(look: Look, sizes: tuple[int, ...]) -> list[jax.Array]:
    """The coordinate along each axis that the pixels look at, each of shape ``sizes``."""
    kind = look.matrix.dtype
    steps = [
        jax.lax.broadcasted_iota(kind, sizes, axis) - look.center[axis]
        for axis in range(len(sizes))
    ]
    return [
        sum((look.matrix[row, axis] * step for axis, step in enumerate(steps)), look.target[row])
        for row in range(len(sizes))
    ]


def _is_outside(position: jax.Array, size: int) -> jax.Array:
    return (position < -_ON_THE_BORDER) | (position > size - 1 + _ON_THE_BORDER)


def _inside(position: jax.Array, size: int, mode: str) -> jax.Array:
    """Bring positions into ``[0, size - 1]``, where linear interpolation sees the same."""
    if mode == "reflect":  # half a pixel beyond the border lies the mirror
        folded = _modulo(position + 0.5, 2 * size) - 0.5
        folded = jnp.minimum(folded, 2 * size - 1 - folded)
    elif mode == "mirror" and size > 1:
        folded = _modulo(position, 2 * size - 2)
        folded = jnp.minimum(folded, 2 * size - 2 - folded)
    else:
        return jnp.clip(position, 0, size - 1)
    is_in = (position >= 0) & (position <= size - 1)
    return jnp.where(is_in, position, jnp.clip(folded, 0, size - 1))


def _modulo(position: jax.Array, period: int) -> jax.Array:
    """Division and floor are vectorised on a CPU, which XLA's remainder is not."""
    return position - period * jnp.floor(position / period)


def _taps(position: jax.Array, size: int, interpolation: str) -> list[tuple[jax.Array, Any]]:
    """The pixels seen along one axis, with their weights; always inside, also for a NaN."""
    if interpolation == "nearest":
        nearest = jnp.floor(position + 0.5).astype(jnp.int32)
        return [(jnp.clip(nearest, 0, size - 1), 1)]
    if size == 1:
        return [(jnp.zeros(position.shape, jnp.int32), jnp.ones_like(position))]
    low = jnp.clip(position.astype(jnp.int32), 0, size - 2)
    share = position - low.astype(position.dtype)
    return [(low, 1 - share), (low + 1, share)]


def _row_number(indices: list[jax.Array], sizes: tuple[int, ...]) -> jax.Array:
    number = indices[0]
    for index, size in zip(indices[1:], sizes[1:], strict=True):
        number = number * size + index
    return number
