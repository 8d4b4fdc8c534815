"""Flips, crops and cutouts: whole pixels move or are painted over."""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from jaxcnn.functional._arguments import an_int, one_batch_axis
from jaxcnn.functional._augment._arguments import (
    a_number,
    a_shape,
    images,
    one_key,
    parameter,
    per_image,
)


def flip(x: jax.Array, axis: int = -2, *, where: ArrayLike = True, rank: int = 2) -> jax.Array:
    """Reverse images along one axis, all of them or those chosen.

    Args:
        x: ``(*batch, *spatial, channels)``.
        axis: A spatial axis of ``x``: -2, the default, exchanges left and right of an image, -3
            top and bottom.
        where: Which images to flip, True or False, or ``(*batch,)`` of them.
        rank: How many spatial axes an image has.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: A wrong rank or dtype, an axis that is not spatial, a choice of another shape.

    Source: reversal of an axis, as ``numpy.flip``.

    >>> x = jnp.arange(6.0).reshape(2, 1, 3, 1)
    >>> flip(x, where=jnp.array([True, False]))[:, 0, :, 0].tolist()
    [[2.0, 1.0, 0.0], [3.0, 4.0, 5.0]]
    """
    x, batch, _ = images(x, rank)
    axis = _a_spatial_axis(axis, x, rank)
    chosen = jnp.asarray(where)
    if chosen.dtype != jnp.bool_:
        raise ValueError(f"where has dtype {chosen.dtype}, but must hold booleans")
    chosen = per_image("where", chosen, batch)
    return jnp.where(chosen.reshape(*batch, *(1,) * (rank + 1)), jnp.flip(x, axis), x)


def random_flip(
    key: jax.Array, x: jax.Array, axis: int = -2, *, probability: float = 0.5, rank: int = 2
) -> jax.Array:
    """Reverse each image along one axis with a probability.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, *spatial, channels)``.
        axis: A spatial axis of ``x``: -2, the default, exchanges left and right of an image, -3
            top and bottom.
        probability: Of a flip, from 0 to 1.
        rank: How many spatial axes an image has.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: As `flip`, no key, or a probability out of range.

    Source: ``horizontal_flip`` of Keras's ``ImageDataGenerator``, with its probability of a half.

    >>> x = jnp.arange(6.0).reshape(2, 1, 3, 1)
    >>> random_flip(jax.random.key(0), x, probability=1)[:, 0, :, 0].tolist()
    [[2.0, 1.0, 0.0], [5.0, 4.0, 3.0]]
    """
    x, batch, _ = images(x, rank)
    chance = a_number("probability", probability, 0, 1)
    return flip(x, axis, where=jax.random.uniform(one_key(key), batch) < chance, rank=rank)


def crop(x: jax.Array, start: ArrayLike, shape: int | Sequence[int]) -> jax.Array:
    """Cut the same or another window out of every image.

    Args:
        x: ``(*batch, *spatial, channels)``.
        start: The window's first pixel: ``(rank,)`` integers for all images, or
            ``(*batch, rank)``. A start that is only known on the device is moved so that the
            window fits.
        shape: Pixels of the window, one int per spatial axis, or an int: a square of a 2-D image.

    Returns:
        ``(*batch, *shape, channels)``, with the dtype of ``x``.

    Raises:
        ValueError: A wrong rank or dtype, a window larger than the image or known to reach over
            its border, a start of another shape.

    Source: slicing, as in ``jax.lax.dynamic_slice``. For a random crop of an enlarged image, `pad`
    before.

    >>> x = jnp.arange(16.0).reshape(1, 4, 4, 1)
    >>> crop(x, (1, 2), 2)[0, :, :, 0].tolist()
    [[6.0, 7.0], [10.0, 11.0]]
    """
    window = a_shape("shape", shape, x)
    x, batch, sizes = images(x, len(window))
    starts = parameter("start", start, batch, (len(window),), dtype=jnp.int32, least=0)
    if not isinstance(start, jax.Array):
        _check_ends(start, window, sizes)
    flat, batch = one_batch_axis(x, len(window))

    def one(image: jax.Array, start: jax.Array) -> jax.Array:
        whole = (*(start[axis] for axis in range(len(window))), jnp.int32(0))
        return jax.lax.dynamic_slice(image, whole, (*window, x.shape[-1]))

    y = jax.vmap(one)(flat, starts.reshape(-1, len(window)))
    return y.reshape(*batch, *window, x.shape[-1])


def random_crop(key: jax.Array, x: jax.Array, shape: int | Sequence[int]) -> jax.Array:
    """Cut a window out of every image, anywhere inside with the same probability.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, *spatial, channels)``.
        shape: Pixels of the window, one int per spatial axis, or an int: a square of a 2-D image.

    Returns:
        ``(*batch, *shape, channels)``, with the dtype of ``x``.

    Raises:
        ValueError: As `crop`, or no key.

    Source: Krizhevsky et al., "ImageNet classification with deep convolutional neural networks"
    (2012), section 4.1.

    >>> x = jnp.arange(16.0).reshape(1, 4, 4, 1)
    >>> padded = pad(x, ((4, 4), (4, 4)), padding_mode="zeros")
    >>> random_crop(jax.random.key(0), padded, 4).shape
    (1, 4, 4, 1)
    """
    window = a_shape("shape", shape, x)
    x, batch, sizes = images(x, len(window))
    places = [size - part + 1 for size, part in zip(sizes, window, strict=True)]
    start = _below(one_key(key), batch, places)
    return crop(x, start, window)


def cutout(
    x: jax.Array, center: ArrayLike, shape: int | Sequence[int], *, fill_value: ArrayLike = 0.0
) -> jax.Array:
    """Paint a box over every image; what reaches over the border is lost.

    Args:
        x: ``(*batch, *spatial, channels)``.
        center: The box's middle pixel, or the one after its middle: ``(rank,)`` integers for all
            images, or ``(*batch, rank)``.
        shape: Pixels of the box, one int per spatial axis, or an int: a square of a 2-D image.
        fill_value: The colour, a number or one per channel.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: A wrong rank or dtype, a box larger than the image, centres of another shape.

    Source: DeVries and Taylor, "Improved regularization of convolutional neural networks with
    cutout" (2017), section 3.2.

    >>> x = jnp.ones((1, 3, 4, 1))
    >>> cutout(x, (0, 2), 2)[0, :, :, 0].tolist()
    [[1.0, 0.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]]
    """
    window = a_shape("shape", shape, x)
    x, batch, sizes = images(x, len(window))
    colour = jnp.asarray(fill_value, x.dtype)
    if colour.shape not in ((), (x.shape[-1],)):
        raise ValueError(
            f"fill_value has shape {colour.shape}, but must be a number, or one per channel: "
            f"{(x.shape[-1],)}"
        )
    middle = parameter("center", center, batch, (len(window),), dtype=jnp.int32)
    low = middle - jnp.asarray([part // 2 for part in window], jnp.int32)
    hidden = inside_box(low, low + jnp.asarray(window, jnp.int32), sizes)
    return jnp.where(hidden[..., None], colour, x)


def random_cutout(
    key: jax.Array, x: jax.Array, shape: int | Sequence[int], *, fill_value: ArrayLike = 0.0
) -> jax.Array:
    """Paint a box over every image, its centre anywhere in it with the same probability.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, *spatial, channels)``.
        shape: Pixels of the box, one int per spatial axis, or an int: a square of a 2-D image.
        fill_value: The colour, a number or one per channel.

    Returns:
        The shape and dtype of ``x``.

    Raises:
        ValueError: As `cutout`, or no key.

    Source: DeVries and Taylor (2017), as `cutout`.

    >>> x = jnp.ones((2, 8, 8, 3))
    >>> bool((random_cutout(jax.random.key(0), x, 4) == 0).any())
    True
    """
    window = a_shape("shape", shape, x)
    x, batch, sizes = images(x, len(window))
    return cutout(x, _below(one_key(key), batch, sizes), window, fill_value=fill_value)


def inside_box(low: jax.Array, high: jax.Array, sizes: Sequence[int]) -> jax.Array:
    """``(*batch, *sizes)`` booleans: True from ``low`` to before ``high``, ``(*batch, rank)`` each."""
    batch = low.shape[:-1]
    inside = jnp.ones((), bool)
    for axis in range(len(sizes)):
        shape = (*batch, *(1,) * len(sizes))
        place = jax.lax.broadcasted_iota(jnp.int32, sizes, axis)
        begin, end = low[..., axis].reshape(shape), high[..., axis].reshape(shape)
        inside = inside & (place >= begin) & (place < end)
    return inside


def _below(key: jax.Array, batch: Sequence[int], limits: Sequence[int]) -> jax.Array:
    """``(*batch, rank)`` integers from 0 to before the limit of their axis."""
    bound = jnp.asarray(limits, jnp.int32)
    return jax.random.randint(key, (*batch, len(limits)), 0, bound, jnp.int32)


def _a_spatial_axis(axis: int, x: jax.Array, rank: int) -> int:
    number = an_int("axis", axis, -x.ndim)
    known = range(x.ndim - rank - 1, x.ndim - 1)
    place = number + x.ndim if number < 0 else number
    if place not in known:
        raise ValueError(
            f"axis (={axis!r}) must be a spatial axis of x with shape {x.shape}: from "
            f"{-rank - 1} to -2"
        )
    return place


def _check_ends(start: ArrayLike, window: Sequence[int], sizes: Sequence[int]) -> None:
    if (np.asarray(start) + np.asarray(window) > np.asarray(sizes)).any():
        raise ValueError(
            f"start (={start!r:.60}) must leave room for the window: start + {tuple(window)} must "
            f"be at most {tuple(sizes)}, the sizes of the image"
        )
