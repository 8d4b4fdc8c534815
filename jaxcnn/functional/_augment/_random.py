"""Random geometry: every image draws its own parameters from one key."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxcnn.functional._augment import _looks
from jaxcnn.functional._augment._arguments import a_number, a_number_per_axis, images, one_key
from jaxcnn.functional._augment._geometry import rotate, shear, shift, zoom
from jaxcnn.functional._augment._resample import Look, filling, resample


def random_rotation(
    key: jax.Array,
    x: jax.Array,
    degrees: float,
    *,
    fill_mode: str = "nearest",
    fill_value: ArrayLike = 0.0,
    interpolation: str = "bilinear",
) -> jax.Array:
    """Turn every image by an angle of its own, uniform from ``-degrees`` to ``degrees``.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, height, width, channels)``.
        degrees: The largest angle, from 0 to 180.
        fill_mode: What lies outside, see `affine_transform`.
        fill_value: For ``"constant"``, a number or one per channel.
        interpolation: ``"bilinear"`` or ``"nearest"``.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: As `rotate`, no key, or an angle out of range.

    Source: ``rotation_range`` of Keras's ``ImageDataGenerator``.

    >>> key, x = jax.random.key(0), jnp.arange(32.0).reshape(2, 4, 4, 1)
    >>> random_rotation(key, x, 40).shape
    (2, 4, 4, 1)
    """
    x, batch, _ = images(x)
    angles = _uniform(one_key(key), batch, a_number("degrees", degrees, 0, 180), x)
    return rotate(
        x, angles, fill_mode=fill_mode, fill_value=fill_value, interpolation=interpolation
    )


def random_shear(
    key: jax.Array,
    x: jax.Array,
    degrees: float,
    *,
    fill_mode: str = "nearest",
    fill_value: ArrayLike = 0.0,
    interpolation: str = "bilinear",
) -> jax.Array:
    """Slant every image by an angle of its own, uniform from ``-degrees`` to ``degrees``.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, height, width, channels)``.
        degrees: The largest angle, from 0 to below 90. It is in degrees in Keras too: the 0.2 of
            many tutorials hardly moves a pixel.
        fill_mode: What lies outside, see `affine_transform`.
        fill_value: For ``"constant"``, a number or one per channel.
        interpolation: ``"bilinear"`` or ``"nearest"``.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: As `shear`, no key, or an angle out of range.

    Source: ``shear_range`` of Keras's ``ImageDataGenerator``.

    >>> key, x = jax.random.key(0), jnp.arange(32.0).reshape(2, 4, 4, 1)
    >>> random_shear(key, x, 20).shape
    (2, 4, 4, 1)
    """
    x, batch, _ = images(x)
    limit = a_number("degrees", degrees, 0, 90, open_end=True)
    angles = _uniform(one_key(key), batch, limit, x)
    return shear(x, angles, fill_mode=fill_mode, fill_value=fill_value, interpolation=interpolation)


def random_shift(
    key: jax.Array,
    x: jax.Array,
    fraction: float | Sequence[float],
    *,
    fill_mode: str = "nearest",
    fill_value: ArrayLike = 0.0,
    interpolation: str = "bilinear",
) -> jax.Array:
    """Move every image by a shift of its own, uniform up to a fraction of its size either way.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, *spatial, channels)``.
        fraction: From 0 to 1, one number for both axes of 2-D images, or one per spatial axis.
        fill_mode: What lies outside, see `affine_transform`.
        fill_value: For ``"constant"``, a number or one per channel.
        interpolation: ``"bilinear"``, shifts by part of a pixel too, or ``"nearest"``.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: As `shift`, no key, or a fraction out of range.

    Source: ``height_shift_range`` and ``width_shift_range`` below 1 of Keras's
    ``ImageDataGenerator``.

    >>> key, series = jax.random.key(0), jnp.arange(20.0).reshape(2, 10, 1)
    >>> random_shift(key, series, (0.2,)).shape
    (2, 10, 1)
    """
    fractions = a_number_per_axis("fraction", fraction, 1)
    x, batch, sizes = images(x, len(fractions))
    limits = [part * size for part, size in zip(fractions, sizes, strict=True)]
    pixels = _uniform(one_key(key), (*batch, len(sizes)), limits, x)
    return shift(x, pixels, fill_mode=fill_mode, fill_value=fill_value, interpolation=interpolation)


def random_zoom(
    key: jax.Array,
    x: jax.Array,
    amount: float | Sequence[float],
    *,
    fill_mode: str = "nearest",
    fill_value: ArrayLike = 0.0,
    interpolation: str = "bilinear",
) -> jax.Array:
    """Show ``1 - amount`` to ``1 + amount`` of every image's height and width, drawn for each axis.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, *spatial, channels)``.
        amount: From 0 to below 1, one number for both axes of 2-D images, or one per spatial axis.
            The shown part is uniform, and below 1 things look larger. The axes draw separately,
            so proportions change.
        fill_mode: What lies outside, see `affine_transform`.
        fill_value: For ``"constant"``, a number or one per channel.
        interpolation: ``"bilinear"`` or ``"nearest"``.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: As `zoom`, no key, or an amount out of range: 1 would show a single point.

    Source: ``zoom_range`` of Keras's ``ImageDataGenerator``.

    >>> key, x = jax.random.key(0), jnp.arange(32.0).reshape(2, 4, 4, 1)
    >>> random_zoom(key, x, 0.2).shape
    (2, 4, 4, 1)
    """
    amounts = a_number_per_axis("amount", amount, 1, open_end=True)
    x, batch, _ = images(x, len(amounts))
    parts = 1 + _uniform(one_key(key), (*batch, len(amounts)), amounts, x)
    return zoom(
        x, 1 / parts, fill_mode=fill_mode, fill_value=fill_value, interpolation=interpolation
    )


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
    which Keras 3 keeps a copy: the same ranges, order and matrices on square images. On others
    Keras exchanges height and width where it looks for the centre; here the centre is the centre.

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
        _uniform(keys[0], batch, ranges.rotation, x),
        _uniform(keys[1], (*batch, 2), limits, x),
        _uniform(keys[2], batch, ranges.shear, x),
        1 + _uniform(keys[3], (*batch, 2), ranges.zoom, x),
        jnp.where(flipped, -one, one),
    )


def composed(drawn: Drawn, sizes: Sequence[int]) -> Look:
    """The one map of all that was drawn."""
    turn = _looks.rotation(drawn.rotation)
    scales = _looks.scale(drawn.zoom * drawn.flip)
    matrix = _looks.product(turn, _looks.shear(drawn.shear), scales)
    return _looks.about_center(matrix, sizes, _looks.applied(turn, drawn.shift))


def _uniform(key: jax.Array, shape: Sequence[int], limit: object, x: jax.Array) -> jax.Array:
    """Numbers from ``-limit`` to ``limit``, which may differ along the last axis."""
    kind = _looks.kind_of_positions(x)
    drawn = jax.random.uniform(key, tuple(shape), kind, minval=-1, maxval=1)
    return drawn * jnp.asarray(limit, kind)


def _two(name: str, values: tuple[float, ...]) -> tuple[float, float]:
    if len(values) != 2:
        raise ValueError(f"{name} (={values!r}) must be a number or two, for height and width")
    return values[0], values[1]
