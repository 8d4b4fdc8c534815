"""Several random maps of the plane as one, and the course's preset."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxcnn.functional._augment import _looks
from jaxcnn.functional._augment._arguments import a_number, a_number_per_axis, images, one_key
from jaxcnn.functional._augment._random import uniform
from jaxcnn.functional._augment._resample import Look, filling, resample


def random_affine(
    key: jax.Array,
    x: jax.Array,
    *,
    rotation: float = 0.0,
    shift: float | Sequence[float] = 0.0,
    shear: float = 0.0,
    zoom: float | Sequence[float] = 0.0,
    horizontal_flip: float = 0.0,
    vertical_flip: float = 0.0,
    fill_mode: str = "nearest",
    fill_value: ArrayLike = 0.0,
    interpolation: str = "bilinear",
) -> jax.Array:
    """Turn, move, slant, zoom and flip every image its own way, in one resampling.

    With ``p`` a new pixel from the centre, it shows what lies at ``R (S Z F p + t)`` from there:
    ``F`` flips, ``Z`` zooms, ``S`` slants, ``t`` moves, ``R`` turns. The pixels are interpolated
    once, so the result is sharper than after one function after the other.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, height, width, channels)``.
        rotation: The largest angle in degrees, as in `random_rotation`.
        shift: The largest shift, a fraction of the size or one for each of height and width.
        shear: The largest angle in degrees, as in `random_shear`.
        zoom: The largest change of what is shown, as in `random_zoom`.
        horizontal_flip: The probability of exchanging left and right.
        vertical_flip: The probability of exchanging top and bottom.
        fill_mode: What lies outside, see `affine_transform`.
        fill_value: For ``"constant"``, a number or one per channel.
        interpolation: ``"bilinear"`` or ``"nearest"``.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: A wrong rank or dtype, no key, or a range that the single functions refuse.

    Source: ``get_random_transform`` and ``apply_transform`` of Keras's ``ImageDataGenerator``, of
    which Keras 3 keeps a copy: the same ranges, matrices and order. There ``height_shift_range``
    moves columns and ``width_shift_range`` rows, and an image that is not square turns about
    another point than its centre; here names mean what they say.

    >>> key, x = jax.random.key(0), jnp.arange(32.0).reshape(2, 4, 4, 1)
    >>> random_affine(key, x, rotation=15, zoom=(0.1, 0.0), horizontal_flip=0.5).shape
    (2, 4, 4, 1)
    """
    shifts = _two("shift", a_number_per_axis("shift", shift, 1))
    zooms = _two("zoom", a_number_per_axis("zoom", zoom, 1, open_end=True))
    ranges = Ranges(
        a_number("rotation", rotation, 0, 180),
        shifts,
        a_number("shear", shear, 0, 90, open_end=True),
        zooms,
        (
            a_number("vertical_flip", vertical_flip, 0, 1),
            a_number("horizontal_flip", horizontal_flip, 0, 1),
        ),
    )
    x, _, sizes = images(x)
    look = composed(draw(one_key(key), x, ranges), sizes)
    return resample(x, look, filling(fill_mode, fill_value, interpolation, x.shape[-1]))


def course_augmentation(key: jax.Array, x: jax.Array) -> jax.Array:
    """Augment as the course does: rotation 40, shifts 0.2, shear 0.2, zoom 0.2, horizontal flip.

    The fill mode is "nearest". The shear is 0.2 *degrees*, as Keras reads this number. Scale the
    pixels by 1/255 before or after: the result is the same.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, height, width, channels)``.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: A wrong rank or dtype, or no key.

    Source: `random_affine`, for the law; the numbers are the course's, for
    ``keras.preprocessing.image.ImageDataGenerator``.

    >>> keys = jax.random.split(jax.random.key(0))
    >>> one_image = jnp.arange(16.0).reshape(4, 4, 1)
    >>> jax.vmap(course_augmentation, (0, None))(keys, one_image).shape
    (2, 4, 4, 1)
    """
    return random_affine(key, x, rotation=40, shift=0.2, shear=0.2, zoom=0.2, horizontal_flip=0.5)


class Ranges(NamedTuple):
    """What may happen; pairs are for rows, then columns."""

    rotation: float
    shift: tuple[float, float]
    shear: float
    zoom: tuple[float, float]
    flip: tuple[float, float]


class Drawn(NamedTuple):
    """What happens to each image.

    Attributes:
        rotation: ``(*batch,)`` degrees.
        shift: ``(*batch, 2)`` pixels that the place looked at moves by.
        shear: ``(*batch,)`` degrees.
        zoom: ``(*batch, 2)`` part of the image that is shown.
        flip: ``(*batch, 2)``, -1 for a flip along that axis, else 1.
    """

    rotation: jax.Array
    shift: jax.Array
    shear: jax.Array
    zoom: jax.Array
    flip: jax.Array


def draw(key: jax.Array, x: jax.Array, ranges: Ranges) -> Drawn:
    """Draw the parameters of every image of ``x``."""
    batch, sizes = x.shape[:-3], x.shape[-3:-1]
    keys = jax.random.split(key, 5)
    limits = [part * size for part, size in zip(ranges.shift, sizes, strict=True)]
    chances = jax.random.uniform(keys[4], (*batch, 2))
    flipped = chances < jnp.asarray(ranges.flip, chances.dtype)
    one = jnp.ones((), _looks.kind_of_positions(x))
    return Drawn(
        uniform(keys[0], batch, ranges.rotation, x),
        uniform(keys[1], (*batch, 2), limits, x),
        uniform(keys[2], batch, ranges.shear, x),
        1 + uniform(keys[3], (*batch, 2), ranges.zoom, x),
        jnp.where(flipped, -one, one),
    )


def composed(drawn: Drawn, sizes: Sequence[int]) -> Look:
    """The one map of all that was drawn."""
    turn = _looks.rotation(drawn.rotation)
    scales = _looks.scale(drawn.zoom * drawn.flip)
    matrix = _looks.product(turn, _looks.shear(drawn.shear), scales)
    return _looks.about_center(matrix, sizes, _looks.applied(turn, drawn.shift))


def _two(name: str, values: tuple[float, ...]) -> tuple[float, float]:
    if len(values) != 2:
        raise ValueError(f"{name} (={values!r}) must be a number or two, for height and width")
    return values[0], values[1]
