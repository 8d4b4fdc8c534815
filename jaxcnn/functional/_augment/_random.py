"""Rotation, shear, shift and zoom by parameters that every image draws for itself from one key."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxcnn.functional._augment import _looks
from jaxcnn.functional._augment._arguments import a_number, a_number_per_axis, images, one_key
from jaxcnn.functional._augment._geometry import rotate, shear, shift, zoom


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
    angles = uniform(one_key(key), batch, a_number("degrees", degrees, 0, 180), x)
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
    angles = uniform(one_key(key), batch, limit, x)
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
    pixels = uniform(one_key(key), (*batch, len(sizes)), limits, x)
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
    parts = 1 + uniform(one_key(key), (*batch, len(amounts)), amounts, x)
    return zoom(
        x, 1 / parts, fill_mode=fill_mode, fill_value=fill_value, interpolation=interpolation
    )


def uniform(key: jax.Array, shape: Sequence[int], limit: object, x: jax.Array) -> jax.Array:
    """Numbers from ``-limit`` to ``limit``, which may differ along the last axis."""
    kind = _looks.kind_of_positions(x)
    drawn = jax.random.uniform(key, tuple(shape), kind, minval=-1, maxval=1)
    return drawn * jnp.asarray(limit, kind)
