"""Geometry with given parameters: every new pixel looks at one place of the old image."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxcnn.functional._augment import _looks
from jaxcnn.functional._augment._arguments import axes_of, images, parameter
from jaxcnn.functional._augment._resample import Look, filling, resample


def affine_transform(
    x: jax.Array,
    matrix: ArrayLike,
    offset: ArrayLike | None = None,
    *,
    fill_mode: str = "nearest",
    fill_value: ArrayLike = 0.0,
    interpolation: str = "bilinear",
) -> jax.Array:
    """Let the new pixel at ``p`` show what lies at ``matrix @ p + offset`` in the old image.

    Positions are pixel indices, rows before columns. The map goes from new to old, so a matrix
    of 2s shrinks the picture. `rotate`, `shift`, `shear` and `zoom` are special cases.

    Args:
        x: ``(*batch, *spatial, channels)``, with 1 to 3 spatial axes.
        matrix: ``(rank, rank)`` for all images, or ``(*batch, rank, rank)``, one for each.
        offset: ``(rank,)`` or ``(*batch, rank)``, in pixels; None keeps the centre in place.
        fill_mode: What lies outside the image ``a b c d``: ``"nearest"``, the border pixel
            ``a a a | a b c d | d d d``; ``"constant"``, ``fill_value``; ``"reflect"``, the image
            mirrored at its edge ``c b a | a b c d | d c b``; ``"mirror"``, mirrored at the centre
            of its border pixel ``d c b | a b c d | c b a``. What `pad` calls "replicate" is
            "nearest", and its "reflect" is "mirror".
        fill_value: A number or one per channel, for ``"constant"``.
        interpolation: ``"bilinear"`` weighs the neighbours along each axis linearly (2 in a
            series, 4 in an image, 8 in a volume); ``"nearest"`` takes the nearest.

    Returns:
        The shape and dtype of ``x``. Positions are float32; a position less than a thousandth of
        a pixel outside counts as on the border. 16-bit pixels are weighed in float32.

    Raises:
        ValueError: A wrong rank or dtype, an unknown mode, a matrix or an offset of another shape.

    Source: ``scipy.ndimage.affine_transform`` with ``order`` 1 or 0, whose modes have these names;
    so have Keras's ``ImageDataGenerator`` and layers. PyTorch's ``grid_sample`` calls "nearest"
    "border", and "reflect" or "mirror" "reflection" without and with ``align_corners``.

    >>> x = jnp.arange(1.0, 5.0).reshape(1, 4, 1)
    >>> affine_transform(x, [[1.0]], [1.5], fill_mode="constant")[0, :, 0].tolist()
    [2.5, 3.5, 0.0, 0.0]
    """
    rank = axes_of("matrix", matrix)
    x, batch, sizes = images(x, rank)
    kind = _looks.kind_of_positions(x)
    matrices = parameter("matrix", matrix, batch, (rank, rank), dtype=kind)
    if offset is None:
        look = _looks.about_center(matrices, sizes)
    else:
        offsets = parameter("offset", offset, batch, (rank,), dtype=kind)
        look = Look(matrices, jnp.zeros_like(offsets), offsets)
    return resample(x, look, filling(fill_mode, fill_value, interpolation, x.shape[-1]))


def rotate(
    x: jax.Array,
    degrees: ArrayLike,
    *,
    fill_mode: str = "nearest",
    fill_value: ArrayLike = 0.0,
    interpolation: str = "bilinear",
) -> jax.Array:
    """Turn images about their centre, counter-clockwise; the size stays.

    Args:
        x: ``(*batch, height, width, channels)``.
        degrees: A number for all images, or ``(*batch,)``, one for each.
        fill_mode: What lies outside, see `affine_transform`.
        fill_value: For ``"constant"``, a number or one per channel.
        interpolation: ``"bilinear"`` or ``"nearest"``.

    Returns:
        The shape and dtype of ``x``. Multiples of 90 degrees are exact.

    Raises:
        ValueError: A wrong rank or dtype, an unknown mode, angles of another shape.

    Source: ``scipy.ndimage.rotate`` with ``reshape=False``, ``PIL.Image.rotate``, and ``theta`` of
    Keras's ``apply_affine_transform``; Keras's ``RandomRotation`` counts the same way, in turns.

    >>> x = jnp.arange(9.0).reshape(1, 3, 3, 1)
    >>> rotate(x, 90)[0, :, :, 0].tolist()
    [[2.0, 5.0, 8.0], [1.0, 4.0, 7.0], [0.0, 3.0, 6.0]]
    """
    x, batch, sizes = images(x)
    angles = parameter("degrees", degrees, batch, dtype=_looks.kind_of_positions(x))
    look = _looks.about_center(_looks.rotation(angles), sizes)
    return resample(x, look, filling(fill_mode, fill_value, interpolation, x.shape[-1]))


def shear(
    x: jax.Array,
    degrees: ArrayLike,
    *,
    fill_mode: str = "nearest",
    fill_value: ArrayLike = 0.0,
    interpolation: str = "bilinear",
) -> jax.Array:
    """Slant images about their centre: rows below it move right, by the sine of the angle.

    With ``(r, c)`` a new pixel from the centre, it shows what lies at
    ``(r cos a, c - r sin a)`` from there: rows also grow apart by ``1 / cos a``.

    Args:
        x: ``(*batch, height, width, channels)``.
        degrees: The angle ``a``, a number or ``(*batch,)``; below 90 either way to make sense.
        fill_mode: What lies outside, see `affine_transform`.
        fill_value: For ``"constant"``, a number or one per channel.
        interpolation: ``"bilinear"`` or ``"nearest"``.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: A wrong rank or dtype, an unknown mode, angles of another shape.

    Source: ``shear`` of Keras's ``ImageDataGenerator``, in degrees as there.

    >>> x = jnp.array([0.0, 1.0, 0.0] * 3).reshape(1, 3, 3, 1)
    >>> shear(x, 45, interpolation="nearest")[0, :, :, 0].tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    x, batch, sizes = images(x)
    angles = parameter("degrees", degrees, batch, dtype=_looks.kind_of_positions(x))
    look = _looks.about_center(_looks.shear(angles), sizes)
    return resample(x, look, filling(fill_mode, fill_value, interpolation, x.shape[-1]))


def shift(
    x: jax.Array,
    pixels: ArrayLike,
    *,
    fill_mode: str = "nearest",
    fill_value: ArrayLike = 0.0,
    interpolation: str = "bilinear",
) -> jax.Array:
    """Move images by a number of pixels, also a fraction of one.

    Args:
        x: ``(*batch, *spatial, channels)``, with 1 to 3 spatial axes.
        pixels: ``(rank,)`` for all images, or ``(*batch, rank)``, one shift for each: down, then
            right; negative the other way.
        fill_mode: What lies outside, see `affine_transform`.
        fill_value: For ``"constant"``, a number or one per channel.
        interpolation: ``"bilinear"`` or ``"nearest"``.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: A wrong rank or dtype, an unknown mode, shifts of another shape.

    Source: ``scipy.ndimage.shift``. Keras counts the other way: its shifts move what is looked at.

    >>> x = jnp.arange(1.0, 5.0).reshape(1, 4, 1)
    >>> shift(x, [1.5])[0, :, 0].tolist()
    [1.0, 1.0, 1.5, 2.5]
    """
    rank = axes_of("pixels", pixels)
    x, batch, _ = images(x, rank)
    moved = parameter("pixels", pixels, batch, (rank,), dtype=_looks.kind_of_positions(x))
    look = Look(_looks.scale(jnp.ones_like(moved)), jnp.zeros_like(moved), -moved)
    return resample(x, look, filling(fill_mode, fill_value, interpolation, x.shape[-1]))


def zoom(
    x: jax.Array,
    factors: ArrayLike,
    *,
    fill_mode: str = "nearest",
    fill_value: ArrayLike = 0.0,
    interpolation: str = "bilinear",
) -> jax.Array:
    """Enlarge what images show about their centre; the size stays.

    Args:
        x: ``(*batch, *spatial, channels)``, with 1 to 3 spatial axes.
        factors: ``(rank,)`` for all images, or ``(*batch, rank)``: 2 shows things twice as large
            along that axis, 0.5 half as large.
        fill_mode: What lies outside, see `affine_transform`.
        fill_value: For ``"constant"``, a number or one per channel.
        interpolation: ``"bilinear"`` or ``"nearest"``; shrinking is not smoothed.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: A wrong rank or dtype, an unknown mode, factors of another shape or not above 0.

    Source: magnification, as in ``scipy.ndimage.zoom``; Keras's ``zx`` and ``zy`` are ``1 / factors``.

    >>> x = jnp.arange(1.0, 6.0).reshape(1, 5, 1)
    >>> zoom(x, [2.0])[0, :, 0].tolist()
    [2.0, 2.5, 3.0, 3.5, 4.0]
    """
    rank = axes_of("factors", factors)
    x, batch, sizes = images(x, rank)
    kind = _looks.kind_of_positions(x)
    scales = parameter("factors", factors, batch, (rank,), dtype=kind, above=0)
    look = _looks.about_center(_looks.scale(1 / scales), sizes)
    return resample(x, look, filling(fill_mode, fill_value, interpolation, x.shape[-1]))
