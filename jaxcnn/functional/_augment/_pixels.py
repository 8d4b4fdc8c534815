"""Brightness and contrast, image by image."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxcnn.functional._arguments import accumulator
from jaxcnn.functional._augment._arguments import a_number, images, one_key, parameter


def adjust_brightness(x: jax.Array, factor: ArrayLike, *, rank: int = 2) -> jax.Array:
    """Make images brighter or darker: multiply their pixels.

    Args:
        x: ``(*batch, *spatial, channels)``, with black at 0: before means are subtracted.
        factor: 0 gives black, 1 the image; a number for all images, or ``(*batch,)``.
        rank: How many spatial axes an image has.

    Returns:
        The shape and dtype of ``x``. Nothing is clipped: follow with `jax.numpy.clip` where the
        range matters.

    Raises:
        ValueError: A wrong rank or dtype, a negative factor, factors of another shape.

    Source: ``brightness_range`` of Keras's ``ImageDataGenerator``, torchvision's
    ``adjust_brightness``, both without their clipping; TensorFlow's adds instead.

    >>> x = jnp.array([0.25, 0.5]).reshape(1, 1, 2, 1)
    >>> adjust_brightness(x, 2.0)[0, 0, :, 0].tolist()
    [0.5, 1.0]
    """
    x, batch, _ = images(x, rank)
    return _away_from(x, jnp.zeros((), x.dtype), parameter("factor", factor, batch, least=0), rank)


def adjust_contrast(x: jax.Array, factor: ArrayLike, *, rank: int = 2) -> jax.Array:
    """Stretch or shrink the distance of every pixel from the mean of its image and channel.

    Args:
        x: ``(*batch, *spatial, channels)``.
        factor: 0 gives a plain image, 1 the image; a number for all images, or ``(*batch,)``.
        rank: How many spatial axes an image has.

    Returns:
        The shape and dtype of ``x``. Nothing is clipped.

    Raises:
        ValueError: A wrong rank or dtype, a negative factor, factors of another shape.

    Source: TensorFlow's ``adjust_contrast`` and Keras's ``RandomContrast``, which take the mean of
    each channel; torchvision takes that of the grey image.

    >>> x = jnp.array([1.0, 3.0]).reshape(1, 1, 2, 1)
    >>> adjust_contrast(x, 0.5)[0, 0, :, 0].tolist()
    [1.5, 2.5]
    """
    x, batch, _ = images(x, rank)
    factors = parameter("factor", factor, batch, least=0)
    axes = tuple(range(len(batch), x.ndim - 1))
    mean = x.astype(accumulator(x.dtype)).mean(axes, keepdims=True)
    return _away_from(x, mean, factors, rank)


def random_brightness(key: jax.Array, x: jax.Array, amount: float, *, rank: int = 2) -> jax.Array:
    """Multiply every image by a factor of its own, uniform from ``1 - amount`` to ``1 + amount``.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, *spatial, channels)``, with black at 0.
        amount: From 0 to 1.
        rank: How many spatial axes an image has.

    Returns:
        The shape and dtype of ``x``; nothing is clipped.

    Raises:
        ValueError: As `adjust_brightness`, no key, or an amount out of range.

    Source: `adjust_brightness`; ``brightness`` of torchvision's ``ColorJitter``.

    >>> y = random_brightness(jax.random.key(0), jnp.ones((2, 4, 4, 1)), 0.2)
    >>> bool(abs(y - 1).max() <= 0.2)
    True
    """
    x, batch, _ = images(x, rank)
    return adjust_brightness(x, _factors(key, batch, amount), rank=rank)


def random_contrast(key: jax.Array, x: jax.Array, amount: float, *, rank: int = 2) -> jax.Array:
    """Change the contrast of every image by a factor from ``1 - amount`` to ``1 + amount``.

    Args:
        key: A key of `jax.random`.
        x: ``(*batch, *spatial, channels)``.
        amount: From 0 to 1; every image draws its factor uniformly.
        rank: How many spatial axes an image has.

    Returns:
        The shape and dtype of ``x``; nothing is clipped.

    Raises:
        ValueError: As `adjust_contrast`, no key, or an amount out of range.

    Source: `adjust_contrast`; Keras's ``RandomContrast``.

    >>> x = jnp.arange(32.0).reshape(2, 4, 4, 1)
    >>> random_contrast(jax.random.key(0), x, 0.2).mean((1, 2, 3)).tolist()
    [7.5, 23.5]
    """
    x, batch, _ = images(x, rank)
    return adjust_contrast(x, _factors(key, batch, amount), rank=rank)


def _factors(key: jax.Array, batch: tuple[int, ...], amount: float) -> jax.Array:
    limit = a_number("amount", amount, 0, 1)
    drawn = jax.random.uniform(one_key(key), batch, jnp.float32, minval=-1, maxval=1)
    return 1 + limit * drawn


def _away_from(x: jax.Array, origin: jax.Array, factors: jax.Array, rank: int) -> jax.Array:
    wide = accumulator(x.dtype)
    factors = factors.reshape(*factors.shape, *(1,) * (rank + 1)).astype(wide)
    origin = origin.astype(wide)
    return (origin + (x.astype(wide) - origin) * factors).astype(x.dtype)
